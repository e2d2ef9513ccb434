// What goes back to the analyst: a record, the same as a row of a table, and a short code.

const CODE_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const FORMULA = /^[=+\-@\t\r\n'＝＋－＠]/;

function newResponseId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return (
    "R" +
    Array.from(bytes, (b) => b.toString(16).padStart(2, "0"))
      .join("")
      .toUpperCase()
  );
}

function today() {
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

const NOT_SHOWN_LETTER = "/"; // in a return code

// The return record; what a filter hides is in it as not shown, whatever was answered there before.
function makeRecord(model, state) {
  const carried = model.carried;
  return {
    schema: model.schema,
    form: model.form,
    form_version: model.version,
    item_set: model.item_set,
    instruments: model.instruments,
    version: carried.version,
    manager_id: carried.manager_id || "",
    project_id: carried.project_id || "",
    wave: carried.wave || "",
    response_id: state.responseId,
    revision: state.revision,
    language: state.language,
    date: today(),
    duration_s: Math.round(state.activeMs / 1000),
    consent: state.consent,
    answers: givenAnswers(model, state.answers),
  };
}

function givenAnswers(model, answers) {
  const { hidden } = hideFiltered(model, answers);
  const valueOf = (name) => (hidden.has(name) ? NOT_SHOWN_CODE : answers[name]);
  const pairs = model.code.order.map((name) => [name, valueOf(name)]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && value !== null));
}

function recordAsCsv(model, record) {
  const asked = model.pages.flatMap((p) => p.questions.flatMap((q) => q.cells.map((c) => c.name)));
  const { answers, instruments, ...head } = record;
  head.instruments = Object.entries(instruments)
    .map((pair) => pair.join("@"))
    .join(" ");
  const names = [...Object.keys(head), ...asked];
  const cells = [...Object.values(head), ...asked.map((name) => answers[name])];
  return "\ufeff" + [names, cells].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

// A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers.
function csvCell(value) {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return String(value);
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

// FORM*VERSION*ASKED AS*ID*REVISION*LANGUAGE*DATE*SECONDS*MANAGER*PROJECT*WAVE*ANSWERS*CRC.
// One letter an item: the place of the answer among all answers of its format, "-" for none, "/"
// for not shown, "%" for an item that is not asked here; numbers, dates and answers beyond Z stand between colons.
function returnCode(model, record) {
  const fields = [
    record.form,
    record.form_version,
    record.version,
    record.response_id,
    record.revision,
    record.language,
    record.date.replaceAll("-", ""),
    record.duration_s,
    record.manager_id,
    record.project_id,
    record.wave,
    codedAnswers(model, record.answers),
  ];
  const text = fields.join("*").toUpperCase();
  return `${text}*${crc16(text)}`;
}

function codedAnswers(model, answers) {
  const { order, values } = model.code;
  return order
    .map((name) => {
      const options = values[name];
      const value = answers[name];
      if (options === null) return "%";
      if (value === NOT_SHOWN_CODE) return NOT_SHOWN_LETTER;
      if (value === undefined || options === "words") return "-";
      if (options === "number" || options.length > CODE_LETTERS.length) return `:${value}:`;
      if (options === "date") return `:${value.replaceAll("-", "")}:`;
      return CODE_LETTERS[options.indexOf(value)];
    })
    .join("");
}

// CRC-16/CCITT-FALSE: polynomial 1021, start FFFF; catches every transposed pair of letters.
function crc16(text) {
  let crc = 0xffff;
  for (const letter of text) {
    crc ^= letter.charCodeAt(0) << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}
