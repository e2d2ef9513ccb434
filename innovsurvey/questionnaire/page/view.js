// Small helpers that build the page. Text is always set as text, never as markup.

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  return put(node, attributes, children);
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return put(node, attributes, children);
}

function put(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) if (child) node.append(child);
  return node;
}

function button(words, action, kind) {
  return el("button", { type: "button", class: kind || "quiet", click: action }, words);
}

// A text that may hold line breaks, as paragraphs.
function paragraphs(words, kind) {
  return words
    .split(/\n+/)
    .filter(Boolean)
    .map((line) => el("p", { class: kind }, line));
}

// The first cell of a row names it, the others hold numbers, which run from left to right anywhere.
function table(caption, heads, rows) {
  const cells = ([name, ...numbers]) => [
    el("th", { scope: "row" }, name),
    numbers.map((number) => el("td", {}, el("bdi", { dir: "ltr" }, number))),
  ];
  return el(
    "table",
    {},
    el("caption", {}, caption),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        heads.map((head) => el("th", { scope: "col" }, head)),
      ),
    ),
    el(
      "tbody",
      {},
      rows.map((row) => el("tr", {}, cells(row))),
    ),
  );
}
