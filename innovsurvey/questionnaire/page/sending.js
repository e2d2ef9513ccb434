// The ways to pass answers on, and the answers themselves to look back at.

// All questions with the answers given, to look back at and to print.
function drawAnswers() {
  const { hidden } = hideFiltered(model, state.answers);
  const parts = model.pages.flatMap((page) => {
    const rows = page.questions.flatMap((q) =>
      q.cells
        .filter((cell) => !hidden.has(cell.name))
        .map((cell) => [
          [q.matrix && q.kind === "array" ? `${text(q.text)}: ` : "", cellName(cell)],
          answerWords(model.formats[q.format], state.answers[cell.name]),
        ]),
    );
    return rows.length ? [table(text(page.title), [say("question"), say("answer")], rows)] : [];
  });
  const details = el(
    "details",
    { class: "answers" },
    el("summary", {}, say("answers_title")),
    parts,
  );
  window.addEventListener("beforeprint", () => (details.open = true), { once: true });
  return details;
}

function answerWords(format, value) {
  if (value === undefined) return say("no_answer");
  const point = format.points.find((entry) => entry.value === value);
  const option = format.missing.find((entry) => entry.code === value);
  return point ? pointWords(format, point) : option ? text(option.label) : String(value);
}

function drawSend() {
  const record = makeRecord(model, state);
  const code = returnCode(model, record);
  const name = `${model.form}_${record.response_id}`;
  const told = el("p", { role: "status", class: "hint" });
  const copy = () =>
    copyText(code, box).then((done) => (told.textContent = say(done ? "copied" : "copy_failed")));
  const saved = (content, type, ending) => () => {
    download(content, type, `${name}.${ending}`);
    told.textContent = say("downloaded");
  };
  const box = el("code", { class: "code", id: "code", dir: "ltr" }, code);
  const hasWords = model.pages.some((page) => page.questions.some((q) => q.kind === "text"));
  return [
    el("h3", {}, say("send_title")),
    el("p", {}, say(model.observed ? "send_text_observer" : "send_text")),
    paragraphs(text(model.sender)),
    el(
      "div",
      { class: "buttons tight" },
      button(
        say("download_json"),
        saved(JSON.stringify(record, null, 1), "application/json", "json"),
        "main",
      ),
      button(say("download_csv"), saved(recordAsCsv(model, record), "text/csv", "csv")),
      button(say("print"), () => window.print()),
    ),
    el("h4", {}, say("code_title")),
    el("p", {}, say("code_text"), hasWords ? ` ${say("code_without_text")}` : ""),
    box,
    el("div", { class: "buttons tight" }, button(say("copy"), copy)),
    told,
    el(
      "div",
      { class: "buttons" },
      button(say("back"), () => go(nextPlace(-1))),
    ),
  ];
}

function download(content, type, name) {
  const link = el("a", {
    href: URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` })),
    download: name,
  });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// The clipboard is closed to some files; then the code is selected, ready to be copied by hand.
async function copyText(words, box) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(box);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return false;
  }
}
