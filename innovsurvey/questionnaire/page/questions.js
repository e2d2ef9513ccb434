// The questions of one page, each with the native control that fits its kind.

function drawQuestions() {
  const page = model.pages[state.place - 1];
  const parts = [heading(text(page.title)), paragraphs(text(page.stem), "stem")];
  let matrix = null;
  for (const question of shownQuestions(page)) {
    if (question.intro.length && question.matrix !== matrix) {
      parts.push(el("p", { class: "stem" }, text(question.intro)), drawLadder(question));
    }
    matrix = question.matrix;
    parts.push(drawQuestion(question));
  }
  const isLast = nextPlace(1) > model.pages.length;
  const goOn = () => {
    const wrong = main.querySelector("[aria-invalid='true']");
    if (wrong) wrong.focus();
    else go(nextPlace(1));
  };
  parts.push(
    el(
      "div",
      { class: "buttons" },
      button(say("back"), () => go(nextPlace(-1))),
      button(say(isLast ? "finish" : "next"), goOn, "main"),
    ),
  );
  return parts;
}

// What the steps of a matrix mean, told once for all its rows.
function drawLadder(question) {
  if (question.kind !== "array") return null;
  const format = model.formats[question.format];
  return el(
    "ul",
    { class: "ladder" },
    format.points.map((point) => el("li", {}, stepWords(format, point))),
  );
}

function drawQuestion(question) {
  if (question.kind === "ticks") return drawTicks(question);
  if (question.kind === "array" && question.matrix) return drawMatrixRow(question);
  if (question.kind === "array" || question.kind === "choice") {
    return question.cells.map((cell) => drawChoice(question, cell));
  }
  return question.cells.map((cell) => drawField(question, cell));
}

// Set answers, or take them away (null), and draw what depends on them.
function answer(changes) {
  const page = model.pages[state.place - 1];
  const codes = () =>
    shownQuestions(page)
      .map((question) => question.code)
      .join();
  const before = codes();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") delete state.answers[name];
    else state.answers[name] = value;
  }
  save();
  drawProgress();
  if (codes() === before) return;
  const focused = document.activeElement?.id;
  show(undefined, true);
  if (focused) document.getElementById(focused)?.focus();
}

function drawChoice(question, cell) {
  const format = model.formats[question.format];
  const isPair = format.anchors === "poles";
  const clear = button(
    say("clear"),
    () => {
      box.querySelectorAll("input").forEach((input) => (input.checked = false));
      clear.hidden = true;
      answer({ [cell.name]: null });
      box.querySelector("input").focus();
    },
    "clear",
  );
  clear.setAttribute("aria-label", `${say("clear")}: ${cellName(cell)}`);
  clear.hidden = !(cell.name in state.answers);
  const choose = (value) => {
    clear.hidden = false;
    answer({ [cell.name]: value });
  };
  const rated = format.points.map((p, place) =>
    drawRadio(
      cell,
      p.value,
      pointWords(format, p),
      choose,
      isPair && poleWords(cell, 2 * place - format.points.length + 1),
    ),
  );
  const others = format.missing.map((m) => drawRadio(cell, m.code, text(m.label), choose));
  const scale = el("div", { class: "scale" }, rated);
  const box = el(
    "fieldset",
    { class: isPair ? "item pair" : question.kind === "array" ? "item" : "item list" },
    el("legend", {}, text(cell.text) || cellName(cell)),
    isPair
      ? el(
          "div",
          { class: "poles" },
          el("span", { class: "left" }, text(cell.left)),
          scale,
          el("span", { class: "right" }, text(cell.right)),
        )
      : scale,
    others.length ? el("div", { class: "others" }, others) : null,
    clear,
  );
  return box;
}

const pointWords = (format, point) => text(point.label) || String(point.value);
const stepWords = (format, point) => `${point.value} – ${pointWords(format, point)}`;
const cellName = (cell) => text(cell.text) || `${text(cell.left)} – ${text(cell.right)}`;

// How far an answer lies from the middle of two poles; the distance counts in half steps.
function poleWords(cell, distance) {
  if (distance === 0) return say("pole_middle");
  return say("pole", {
    n: String(Math.abs(distance) / 2),
    pole: text(distance < 0 ? cell.left : cell.right),
  });
}

function drawRadio(cell, value, words, choose, spoken) {
  const input = el("input", {
    type: "radio",
    name: cell.name,
    id: `${cell.name}.${value}`,
    value: String(value),
    "aria-label": spoken || null,
    change: () => choose(value),
  });
  input.checked = state.answers[cell.name] === value;
  return el(
    "label",
    { class: "option" },
    input,
    el("span", { class: "face" }, spoken ? "" : words),
  );
}

// One tick shows that the question was read, so the other boxes count as no; no tick, no answer.
function drawTicks(question) {
  const tick = () => {
    const ticked = inputs.map((input) => input.checked);
    answer(
      Object.fromEntries(
        question.cells.map((cell, i) => [
          cell.name,
          ticked.some(Boolean) ? Number(ticked[i]) : null,
        ]),
      ),
    );
  };
  const inputs = question.cells.map((cell) =>
    el("input", { type: "checkbox", id: cell.name, change: tick }),
  );
  const labels = question.cells.map((cell, i) => {
    inputs[i].checked = state.answers[cell.name] === 1;
    return el("label", { class: "tick" }, inputs[i], el("span", {}, text(cell.text)));
  });
  return el(
    "fieldset",
    { class: "item list" },
    el("legend", {}, text(question.text)),
    el("div", { class: "ticks" }, labels),
  );
}

// A row of a matrix: one native list per cell, and a box for the whole row where the file has one.
function drawMatrixRow(question) {
  const format = model.formats[question.format];
  const whole = format.missing.find((option) => option.code === model.row_missing[question.matrix]);
  const options = [
    ...format.points.map((point) => [point.value, stepWords(format, point)]),
    ...format.missing
      .filter((option) => option !== whole)
      .map((option) => [option.code, text(option.label)]),
  ];
  const isSkipped =
    whole && question.cells.every((cell) => state.answers[cell.name] === whole.code);
  const lists = question.cells.map((cell) => drawList(cell, options, isSkipped));
  return el(
    "fieldset",
    { class: "item row" },
    el("legend", {}, text(question.text)),
    whole && drawWholeRow(question, whole, isSkipped, lists),
    el("div", { class: "lists" }, lists),
  );
}

function drawWholeRow(question, whole, isSkipped, lists) {
  const tick = el("input", {
    type: "checkbox",
    id: question.code,
    change: () => {
      for (const choice of lists.map((list) => list.querySelector("select"))) {
        choice.disabled = tick.checked;
        choice.value = "";
      }
      const value = tick.checked ? whole.code : null;
      answer(Object.fromEntries(question.cells.map((cell) => [cell.name, value])));
    },
  });
  tick.checked = isSkipped;
  return el("label", { class: "tick" }, tick, el("span", {}, text(whole.label)));
}

function drawList(cell, options, disabled) {
  const choice = el(
    "select",
    {
      id: cell.name,
      disabled: Boolean(disabled),
      change: () => {
        answer({ [cell.name]: choice.value === "" ? null : Number(choice.value) });
      },
    },
    el("option", { value: "" }, say("choose")),
    options.map(([value, words]) => el("option", { value: String(value) }, words)),
  );
  const kept = state.answers[cell.name];
  choice.value = options.some(([value]) => value === kept) ? String(kept) : "";
  return el("label", { class: "list-cell" }, el("span", {}, text(cell.text)), choice);
}

function drawField(question, cell) {
  const format = model.formats[question.format];
  const isNumber = question.kind === "number";
  const kept = state.answers[cell.name];
  const hint = el("p", { class: "error", id: `${cell.name}.hint`, role: "alert" });
  const isText = question.kind === "text";
  const field = el(isText ? "textarea" : "input", {
    id: cell.name,
    rows: isText ? "3" : null,
    type: isText ? null : question.kind === "date" ? "date" : "text",
    inputmode: isNumber ? "decimal" : null,
    maxlength: "1000",
    autocomplete: "off",
    "aria-describedby": hint.id,
    change: () => {
      const { value, fault } = isNumber
        ? readNumber(field.value, format)
        : { value: field.value.trim() };
      hint.textContent = fault || "";
      field.setAttribute("aria-invalid", String(Boolean(fault)));
      others.forEach((other) => (other.querySelector("input").checked = false));
      answer({ [cell.name]: fault ? null : value });
    },
  });
  const others = format.missing.map((option) =>
    drawRadio(cell, option.code, text(option.label), (code) => {
      field.value = hint.textContent = "";
      field.setAttribute("aria-invalid", "false");
      answer({ [cell.name]: code });
    }),
  );
  field.value =
    kept === undefined || format.missing.some((option) => option.code === kept) ? "" : String(kept);
  const label = el("label", { for: cell.name, class: "question" }, text(cell.text));
  const note = isText ? el("p", { class: "hint" }, say("no_names")) : null;
  return el(
    "div",
    { class: "item list" },
    label,
    note,
    field,
    hint,
    others.length ? el("div", { class: "others" }, others) : null,
  );
}

// A number within its limits, null for an empty field, or what is wrong. A group of three digits
// behind a point or comma may be thousands or decimals, so nobody guesses.
function readNumber(words, { low, high }) {
  const plain = words.trim();
  if (plain === "") return { value: null };
  if (/^\d{1,3}([.,\u00a0 ]\d{3})+$/.test(plain)) return { fault: say("number_plain") };
  const value = Number(plain.replace(",", "."));
  const fits =
    /^-?\d+([.,]\d+)?$/.test(plain) && value >= (low ?? value) && value <= (high ?? value);
  if (fits) return { value };
  const limits = `${low === null ? "" : "_from"}${high === null ? "" : "_to"}`;
  return { fault: say(`number${limits || "_any"}`, { low: String(low), high: String(high) }) };
}
