// The last page: what the answers show, and what they may not be used for.

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
