// The figures of the results; each has its numbers in words, and in a table beside it.

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

// Both scores on a square; the area around the point is as large as their likely ranges.
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
