// The last page: what the answers show, with its limits, and the ways to pass them on.

const INDICES = [
  "breadth",
  "reach",
  "intensity",
  "depth",
  "diversity",
  "collaboration_share",
  "imbalance",
];

const scoreWords = (value) =>
  value === null ? say("no_score") : writeNumber(value, 1, state.language);
const indexWords = (value) =>
  value === null ? say("no_score") : writeNumber(value, 2, state.language);

function drawResults() {
  state.revision += 1;
  save();
  const scoring = model.scoring;
  const said = scoring.results
    ? feedback(model, state.answers, state.language).filter(isAsked)
    : [];
  const of = (...kinds) => said.filter((s) => kinds.includes(s.kind)).map((s) => s.text);
  const parts = [
    heading(say(scoring.results ? "results_title" : "thanks_title")),
    drawUnanswered(),
  ];
  if (scoring.results) {
    const [first, ...notices] = of("notice");
    parts.push(
      callout(first || (model.untested && say("untested"))),
      drawProfile(of("band", "compare", "lowest")),
      drawPosition(of("type")),
      drawParticipation(of("index")),
      list("questions_title", of("least")),
      list("notes_title", notices),
    );
  }
  parts.push(paragraphs(text(model.closing), "closing"), drawLimits(), drawSend(), drawAnswers());
  return parts;
}

// What a filter hid as a whole is not spoken of: neither a scale nor who took part.
function isHidden(items) {
  const { hidden } = hideFiltered(model, state.answers);
  return items.every((item) => hidden.has(item));
}
const matrixCells = () =>
  Object.keys(model.scoring.items).filter(
    (item) => cellsByName(model)[item].question.matrix === model.scoring.matrix?.id,
  );
function isAsked({ kind, scale }) {
  if (kind === "index") return !isHidden(matrixCells());
  const about = kind === "band" && scaleOf(model, scale);
  return !about || !isHidden(about.items);
}

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

function callout(words) {
  return words ? el("div", { class: "callout" }, el("p", {}, words)) : null;
}

function list(title, sentences) {
  if (!sentences.length) return null;
  return [
    title ? el("h3", {}, say(title)) : null,
    el(
      "ul",
      { class: "sentences" },
      sentences.map((sentence) => el("li", {}, sentence)),
    ),
  ];
}

function drawUnanswered() {
  const open = shownPlaces().flatMap((place) => {
    const page = model.pages[place - 1];
    const n = shownQuestions(page)
      .flatMap((q) =>
        q.kind === "ticks"
          ? [q.cells.some((c) => c.name in state.answers)]
          : q.cells.map((c) => c.name in state.answers),
      )
      .filter((given) => !given).length;
    return n
      ? [{ place, words: say("unanswered_page", { title: text(page.title), n: String(n) }) }]
      : [];
  });
  if (!open.length) return null;
  const [before, after] = say("unanswered").split("{pages}");
  const links = open.flatMap(({ place, words }, i) => [
    i ? ", " : "",
    button(words, () => go(place), "link"),
  ]);
  return el("p", { class: "note no-print" }, before, links, after);
}

// Scales with the same answers share one figure, so that only like is set beside like. What another
// scale is made of is too short to stand alone.
function drawProfile(sentences) {
  const groups = new Map();
  for (const scale of model.scoring.scales) {
    if (
      !scale.profile ||
      !scale.rule ||
      scale.low === null ||
      scale.high === null ||
      isHidden(scale.items)
    )
      continue;
    const key = cellsByName(model)[scale.items[0]].question.format;
    groups.set(key, [...(groups.get(key) || []), scale]);
  }
  const said = list(null, sentences);
  if (!groups.size) return said;
  const scored = scoreScales(model, state.answers);
  return [
    el("h3", {}, say("profile_title")),
    el("p", {}, say("profile_text")),
    [...groups.values()].map((group) => drawScales(group, scored)),
    said,
  ];
}

function drawScales(scales, scored) {
  const { low, high } = scales[0];
  const { points } = cellsByName(model)[scales[0].items[0]].format;
  const ends = { low: String(low), high: String(high) };
  const lines = scales.map((scale) => {
    const found = scored[scale.id];
    const span =
      found.score === null || found.se === null
        ? null
        : interval(model, scale.id, found, model.scoring.shown_level);
    return { scale, found, span, title: text(scale.title) };
  });
  const rows = lines.map(({ scale, found, span, title }) => [
    [
      title,
      " ",
      el(
        "span",
        { class: "hint" },
        say("answered", { n: String(found.nAnswered), k: String(scale.items.length) }),
      ),
    ],
    scoreWords(found.score),
    span
      ? say("range", { lower: scoreWords(span[0]), upper: scoreWords(span[1]) })
      : say("no_score"),
  ]);
  const note = lines.some(({ found }) => found.score === null)
    ? el("p", { class: "hint" }, say("no_score_note"))
    : null;
  return [
    profileFigure(lines, points.length ? points.map((p) => p.value) : [low, high], ends),
    table(
      say("scale_caption", { range: rangeWords(scales[0]) }),
      ["scale", "score", "likely"].map((key) => say(key)),
      rows,
    ),
    note,
  ];
}

// From where to where a scale goes, with the words of its ends where it has some.
function rangeWords({ items, low, high }) {
  const { points } = cellsByName(model)[items[0]].format;
  const [first, last] = [points[0], points.at(-1)].map((point) => (point ? text(point.label) : ""));
  if (!first) return say("range", { lower: String(low), upper: String(high) });
  return say("scale_range", { low: String(low), high: String(high), first, last });
}

function profileFigure(lines, ticks, ends) {
  const [low, high] = [ticks[0], ticks.at(-1)];
  const drawn = lines.filter(({ found }) => found.score !== null);
  if (!drawn.length) return null;
  const spoken = drawn.map(({ title, found }) => `${title} ${scoreWords(found.score)}`).join("; ");
  const step = 52,
    left = 10,
    width = figureWidth(480),
    top = 14;
  const mirrored = document.documentElement.dir === "rtl";
  const x = (value) => {
    const place = ((value - low) / (high - low)) * (width - 2 * left);
    return mirrored ? width - left - place : left + place;
  };
  const figure = svg("svg", {
    viewBox: `0 0 ${width} ${top + drawn.length * step + 26}`,
    width,
    role: "img",
    "aria-label": say("profile_alt", { low: ends.low, high: ends.high, list: spoken }),
  });
  drawn.forEach(({ title, found, span }, i) => {
    const y = top + i * step + 26;
    figure.append(
      svg("text", { x: mirrored ? width - left : left, y: y - 14, "text-anchor": "start" }, title),
      svg("line", { class: "track", x1: x(low), x2: x(high), y1: y, y2: y }),
      ticks
        .map((tick) =>
          svg("line", { class: "track", x1: x(tick), x2: x(tick), y1: y - 5, y2: y + 5 }),
        )
        .reduce(addTo, svg("g", {})),
    );
    if (span) {
      const [from, to] = [x(span[0]), x(span[1])].sort((a, b) => a - b);
      figure.append(
        svg("rect", {
          class: "band",
          x: from,
          width: Math.max(to - from, 2),
          y: y - 7,
          height: 14,
          rx: 7,
        }),
      );
    }
    figure.append(svg("circle", { class: "dot", cx: x(found.score), cy: y, r: 6 }));
  });
  const bottom = top + drawn.length * step + 18;
  figure.append(
    ticks
      .map((tick) =>
        svg(
          "text",
          { class: "soft", x: x(tick), y: bottom, "text-anchor": "middle" },
          String(tick),
        ),
      )
      .reduce(addTo, svg("g", {})),
  );
  return el("div", { class: "figure" }, figure);
}

// Figures are drawn as wide as there is room, so that their letters have the size of the text.
function figureWidth(widest) {
  return Math.max(240, Math.min(main.clientWidth - 40, widest));
}

function addTo(parent, child) {
  parent.append(child);
  return parent;
}

function drawPosition(sentences) {
  const balances = Object.entries(governanceBalance(model, state.answers).contrasts);
  if (!balances.length) return list(null, sentences);
  const scored = scoreScales(model, state.answers);
  const titleOf = (id) => text(scaleOf(model, id).title) || id;
  return [
    balances.map(([id, balance]) => {
      const contrast = model.scoring.contrasts.find((entry) => entry.id === id);
      const { negative, positive } = contrast;
      const names = { negative: titleOf(negative), positive: titleOf(positive) };
      const title = el("h3", {}, text(contrast.title) || say("position_title", names));
      if (balance.balance === null)
        return [title, el("p", { class: "hint" }, say("position_missing"))];
      const rows = [
        [names.negative, scoreWords(balance.negative)],
        [names.positive, scoreWords(balance.positive)],
        [say("balance", names), indexWords(balance.balance)],
        [say("hybridity", names), indexWords(balance.hybridity)],
      ];
      return [
        title,
        positionFigure([negative, positive], names, scored),
        table(
          say("position_caption", { range: rangeWords(scaleOf(model, negative)) }),
          [say("measure"), say("number")],
          rows,
        ),
      ];
    }),
    list(null, sentences),
  ];
}

// Both scores on a square; the lines through the point are as long as its likely range.
function positionFigure(ids, names, scored) {
  const size = figureWidth(320),
    edge = 8;
  const span = size - 2 * edge;
  const across = (part) => edge + part * span;
  const up = (part) => size - edge - part * span;
  const [x, y] = ids.map((id) => scored[id].pomp / 100);
  const percent = (part) => writeNumber(100 * part, 0, state.language);
  const figure = svg(
    "svg",
    {
      viewBox: `0 0 ${size} ${size}`,
      width: size,
      role: "img",
      "aria-label": say("position_alt", { ...names, x: percent(x), y: percent(y) }),
    },
    svg("rect", { class: "frame", x: edge, y: edge, width: span, height: span }),
    svg("line", { class: "track", x1: across(0.5), x2: across(0.5), y1: up(0), y2: up(1) }),
    svg("line", { class: "track", x1: across(0), x2: across(1), y1: up(0.5), y2: up(0.5) }),
  );
  if (ids.every((id) => scored[id].se !== null)) {
    const [[left, right], [low, high]] = ids.map((id) => likelyShare(id, scored[id]));
    figure.append(
      svg("rect", {
        class: "band",
        x: across(left),
        y: up(high),
        width: Math.max(across(right) - across(left), 2),
        height: Math.max(up(low) - up(high), 2),
      }),
    );
  }
  figure.append(svg("circle", { class: "dot", cx: across(x), cy: up(y), r: 7 }));
  return el(
    "div",
    { class: "figure" },
    el("p", { class: "axis" }, `↑ ${names.positive}`),
    el("div", { dir: "ltr" }, figure),
    el("p", { class: "axis" }, `→ ${names.negative}`),
  );
}

// The likely range of a score, from 0 (lowest possible) to 1.
function likelyShare(id, scored) {
  const { low, high } = scaleOf(model, id);
  return interval(model, id, scored, model.scoring.shown_level).map(
    (value) => (value - low) / (high - low),
  );
}

function drawParticipation(sentences) {
  const matrix = model.scoring.matrix;
  if (!matrix || isHidden(matrixCells())) return list(null, sentences);
  const found = participation(model, state.answers);
  const rows = INDICES.filter((name) => name in found.indices).map((name) => [
    say(name),
    indexWords(found.indices[name]),
  ]);
  return [
    el("h3", {}, say("participation_title")),
    drawHeat(matrix),
    table(
      say("indices_caption"),
      [say("measure"), say("number")],
      [[say("n_phases"), String(found.nPhases)], ...rows],
    ),
    list(null, sentences),
  ];
}

// Rows of the table are groups, columns are phases; a cell that was not asked stays empty.
function drawHeat(matrix) {
  const { answers } = hideFiltered(model, state.answers);
  const cells = cellsByName(model);
  const found = (row, column) => cells[`${row.id}_${column.id}`];
  const phases = matrix.rows.filter((row) => matrix.columns.some((column) => found(row, column)));
  const groups = matrix.columns.filter((column) => phases.some((row) => found(row, column)));
  const phaseWords = phases.map((row) =>
    text(
      found(
        row,
        groups.find((column) => found(row, column)),
      ).question.text,
    ),
  );
  const groupWords = (column) =>
    text(
      found(
        phases.find((row) => found(row, column)),
        column,
      ).cell.text,
    );
  const heads = phaseWords.map((words, i) =>
    el(
      "th",
      { scope: "col" },
      el("span", { class: "narrow" }, String(i + 1)),
      el("span", { class: "wide" }, words),
    ),
  );
  const rows = groups.map((column) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, groupWords(column)),
      phases.map((row) => heatCell(found(row, column)?.format, answers[`${row.id}_${column.id}`])),
    ),
  );
  const { question } = found(
    phases[0],
    groups.find((column) => found(phases[0], column)),
  );
  return [
    el(
      "ol",
      { class: "ladder narrow-only" },
      phaseWords.map((words) => el("li", {}, words)),
    ),
    el(
      "table",
      { class: "heat" },
      el("caption", {}, say("heat_caption")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("group")), heads)),
      el("tbody", {}, rows),
    ),
    drawLadder(question),
  ];
}

function heatCell(format, value) {
  if (!format) return el("td", {});
  const step = format.points.findIndex((point) => point.value === value);
  if (step >= 0) {
    const shade = Math.round((4 * step) / (format.points.length - 1));
    return el("td", { class: `s${shade}` }, String(value));
  }
  const option = format.missing.find((m) => m.code === value);
  const words = option ? text(option.label) : say("no_answer");
  return el(
    "td",
    { class: "none" },
    el("span", { "aria-hidden": "true" }, "–"),
    el("span", { class: "spoken" }, words),
  );
}

function drawLimits() {
  const uses = model.prohibited.map((use) => model.words[languagePlace()][`use_${use}`] || use);
  if (!uses.length) return null;
  return [
    el("h3", {}, say("limits_title")),
    el(
      "ul",
      { class: "sentences" },
      uses.map((use) => el("li", {}, use)),
    ),
  ];
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
