// The questionnaire itself: one page at a time, answers kept in this browser until they are deleted.

const model = JSON.parse(document.getElementById("model").textContent);
const storeKey = JSON.stringify([
  "innovsurvey",
  model.form,
  model.version,
  model.item_set,
  model.carried,
]);
const main = document.getElementById("main");
let state = freshState();
let canStore = true;
let since = Date.now();

function freshState() {
  return {
    place: 0, // 0 is the page before the questions, one more than there are pages the result
    language: model.languages[0].code,
    answers: {},
    consent: false,
    responseId: newResponseId(),
    revision: 0,
    activeMs: 0,
  };
}

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(storeKey));
    if (kept?.answers && kept.place >= 0 && kept.place <= model.pages.length + 1)
      state = { ...state, ...kept };
    if (!model.languages.some((language) => language.code === state.language)) {
      state.language = model.languages[0].code;
    }
    return Boolean(kept);
  } catch {
    canStore = false;
    return false;
  }
}

function save() {
  countTime();
  try {
    localStorage.setItem(storeKey, JSON.stringify(state));
  } catch {
    canStore = false;
  }
}

function countTime() {
  const now = Date.now();
  if (state.place > 0 && state.place <= model.pages.length)
    state.activeMs += Math.min(now - since, 300000);
  since = now;
}

function forget() {
  try {
    localStorage.removeItem(storeKey);
  } catch {
    canStore = false;
  }
  const language = state.language;
  state = { ...freshState(), language };
  show(say("deleted"));
}

// Texts: those of the questionnaire stand in the order of the languages, words by their key.
const languagePlace = () =>
  model.languages.findIndex((language) => language.code === state.language);
const text = (texts) => texts[languagePlace()] || "";
const say = (key, values) => fillIn(model.words[languagePlace()][key], values || {});

// The questions of each page that no filter hides; a question is hidden as a whole.
function shownByPage() {
  const { hidden } = hideFiltered(model, state.answers);
  return model.pages.map((page) => page.questions.filter((q) => !hidden.has(q.cells[0].name)));
}
const shownQuestions = (page) => shownByPage()[model.pages.indexOf(page)];
const shownPlaces = () =>
  shownByPage().flatMap((questions, i) => (questions.length ? [i + 1] : []));

function nextPlace(step) {
  const places = [0, ...shownPlaces(), model.pages.length + 1];
  return step > 0 ? places.find((p) => p > state.place) : places.findLast((p) => p < state.place);
}

// Whoever comes to the last page may give the answers out: that is counted here and not in drawing,
// since two tabs that both write when they draw would wake each other without end.
function go(place, message) {
  countTime();
  state.place = place;
  if (place > model.pages.length) state.revision += 1;
  save();
  show(message);
}

// Draw the whole page anew and put the focus on its heading, so that nobody has to look for it.
function show(message, keepFocus) {
  const { code, direction } = model.languages[languagePlace()];
  document.documentElement.lang = code;
  document.documentElement.dir = direction;
  document.title = text(model.title);
  drawFrame(message);
  const drawers = { 0: drawStart, [model.pages.length + 1]: drawResults };
  main.replaceChildren(...(drawers[state.place] || drawQuestions)().flat(Infinity).filter(Boolean));
  if (keepFocus) return;
  const heading = main.querySelector("h2");
  window.scrollTo(0, 0);
  if (message !== undefined || state.place > 0) heading.focus({ preventScroll: true });
}

function drawFrame(message) {
  document.getElementById("skip").textContent = say("skip");
  document.getElementById("title").textContent = text(model.title);
  document.getElementById("status").textContent = message || "";
  drawLanguages();
  drawProgress();
  document.getElementById("foot").replaceChildren(...drawFoot());
}

function drawLanguages() {
  const box = document.getElementById("languages");
  box.hidden = model.languages.length < 2;
  const choice = box.querySelector("select");
  box.querySelector("span").textContent = say("language");
  if (!choice.options.length) {
    for (const { code, name } of model.languages) {
      choice.append(el("option", { value: code, lang: code }, name));
    }
    choice.addEventListener("change", () => {
      state.language = choice.value;
      save();
      show(undefined, true);
    });
  }
  choice.value = state.language;
}

function drawProgress() {
  const places = shownPlaces();
  const done = state.place > model.pages.length ? places.length : places.indexOf(state.place);
  const box = document.getElementById("progress");
  box.hidden = state.place === 0;
  const share = Math.round((100 * Math.max(done, 0)) / Math.max(places.length, 1));
  const bar = box.querySelector("progress");
  bar.max = 100;
  bar.value = share;
  bar.setAttribute("aria-label", say("progress_name"));
  box.querySelector("p").textContent =
    state.place > model.pages.length
      ? say("progress_done")
      : say("progress", {
          page: String(done + 1),
          pages: String(places.length),
          share: String(share),
        });
}

function drawFoot() {
  const { note } = model.languages[languagePlace()];
  const about = el(
    "details",
    {},
    el("summary", {}, say("about")),
    el("p", {}, `${model.form} ${model.version}`),
    note && el("p", { lang: "en", dir: "ltr" }, note),
    model.about.map((line) => el("p", { lang: "en", dir: "ltr" }, line)),
  );
  const started = state.consent || Object.keys(state.answers).length > 0;
  return [started ? deleteBox() : "", about];
}

function deleteBox() {
  const box = el("p", { class: "delete" });
  const ask = () => {
    box.replaceChildren(
      el("span", {}, say("delete_sure") + " "),
      button(say("delete_yes"), forget, "danger"),
      button(say("delete_no"), () => idle(true)),
    );
    box.querySelector("button").focus();
  };
  const idle = (focus) => {
    box.replaceChildren(button(say("delete"), ask));
    if (focus) box.querySelector("button").focus();
  };
  idle(false);
  return box;
}

const heading = (words) => el("h2", { tabindex: "-1" }, words);

function drawStart() {
  const agree = el("input", {
    type: "checkbox",
    id: "consent",
    "aria-describedby": "consent-needed",
  });
  agree.checked = state.consent;
  agree.addEventListener("change", () => {
    state.consent = agree.checked;
    save();
    document.getElementById("foot").replaceChildren(...drawFoot());
  });
  const needed = el("p", { id: "consent-needed", class: "error", role: "alert" });
  const start = () => {
    if (state.consent) return go(nextPlace(1));
    needed.textContent = say("consent_needed");
    agree.setAttribute("aria-invalid", "true");
    agree.focus();
  };
  const { manager_id: manager } = model.carried;
  return [
    heading(say("start_title")),
    paragraphs(text(model.introduction), "lead"),
    manager && el("p", {}, say(model.observed ? "about_manager" : "manager_code", { id: manager })),
    model.minutes &&
      el(
        "p",
        {},
        say("minutes", { low: String(model.minutes[0]), high: String(model.minutes[1]) }),
      ),
    model.untested && el("p", { class: "note" }, say("untested")),
    el("p", { class: "note" }, say(canStore ? "stored" : "not_stored")),
    drawGlossary(),
    el(
      "div",
      { class: "consent" },
      el("label", { class: "tick" }, agree, el("span", {}, text(model.consent))),
      needed,
    ),
    el("div", { class: "buttons" }, button(say("start"), start, "main")),
  ];
}

function drawGlossary() {
  if (!model.glossary.length) return null;
  const entries = model.glossary.flatMap(({ term, meaning }) => [
    el("dt", {}, text(term)),
    el("dd", {}, text(meaning)),
  ]);
  return el("details", {}, el("summary", {}, say("glossary")), el("dl", {}, entries));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) save();
  else since = Date.now();
});
window.addEventListener("pagehide", save);
// The same questionnaire in another tab: go on with what was answered there.
window.addEventListener("storage", (event) => {
  if (event.key === storeKey && load()) show(undefined, true);
});
document.documentElement.classList.add("ready");
show(load() && state.place > 0 ? say("resumed") : undefined);
performance.mark("innovsurvey-ready");
