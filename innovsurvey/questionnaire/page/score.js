// What the page calculates from the answers: filters, scores, participation, balance, feedback.
// The same as innovsurvey/responses, where the formulas are explained. A missing number is null.

const NOT_SHOWN = "not_shown";
const NOT_SHOWN_CODE = -12;
const NOT_ANSWERED = "not_answered";
const OUT_OF_RANGE = "out_of_range";
const ROUNDING = 1e-9;
const MIN_PHASE_SHARE = 0.75;
// Ending of the index, groups of phases that count as early, groups of actors.
const IMBALANCES = [
  ["", ["early"], ["private"]],
  ["_with_experts", ["early"], ["private", "expert"]],
  ["_early3", ["early", "middle"], ["private"]],
];
const DECIMAL_COMMA = "cs da de es fi fr it nb nl nn no pl pt sv".split(" ");
const TYPES = ["both", "positive", "negative", "neither"];
const cellIndexes = new WeakMap();

const known = (numbers) => numbers.filter((number) => number !== null);
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const ratio = (part, whole) => (whole > 0 ? part / whole : null);
const mean = (numbers) => ratio(total(numbers), numbers.length);
// Drops what the order of additions leaves behind.
const tidy = (number) => Number(number.toFixed(9));

// The normal distribution function, within 1e-14. Marsaglia (2004), Evaluating the normal
// distribution, Journal of Statistical Software, 11(4), https://doi.org/10.18637/jss.v011.i04
function normalCdf(z) {
  if (Math.abs(z) > 8.3) return z > 0 ? 1 : 0;
  let [sum, before, term] = [z, 0, z];
  for (let i = 3; sum !== before; i += 2) {
    term *= (z * z) / i;
    [before, sum] = [sum, sum + term];
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

// A fixed count of decimals: of the digits that name a number nine decimals count, then halves go
// away from zero.
function writeNumber(value, digits, language) {
  const size = Math.abs(value);
  if (size >= 1e19) return String(value);
  const [whole, decimals = ""] = (size < 1e-6 ? "0" : String(size)).split(".");
  const billionths =
    BigInt(whole + decimals.slice(0, 9).padEnd(9, "0")) + (decimals[9] >= "5" ? 1n : 0n);
  const unit = 10n ** BigInt(9 - digits);
  const units = (billionths + unit / 2n) / unit;
  const words = String(units).padStart(digits + 1, "0");
  const mark = DECIMAL_COMMA.includes(language.split("-")[0]) ? "," : ".";
  const written = digits ? words.slice(0, -digits) + mark + words.slice(-digits) : words;
  return value < 0 && units ? `-${written}` : written;
}

// At most six digits, as Python's format "g" writes them; one half goes to the even digit.
function writeShort(value) {
  const even = Number(value.toExponential(20).replace(/(\.\d{4}[02468])50+e/, "$1e"));
  const [digits, exponent] = even.toExponential(5).split("e");
  if (exponent >= -4 && exponent < 6) return String(Number(even.toPrecision(6)));
  return `${Number(digits)}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

// ---- Answers and filters

// Column of the data -> its cell, question and format.
function cellsByName(model) {
  if (!cellIndexes.has(model)) {
    const questions = model.pages.flatMap((page) => page.questions);
    const found = questions.flatMap((question) =>
      question.cells.map((cell) => [
        cell.name,
        { cell, question, format: model.formats[question.format] },
      ]),
    );
    cellIndexes.set(model, Object.fromEntries(found));
  }
  return cellIndexes.get(model);
}

// What an answer counts for: a number or null, and why it is null.
function readAnswer({ missing, points, low, high }, answer) {
  if (typeof answer !== "number") return [null, NOT_ANSWERED];
  const option = missing.find(({ code }) => code === answer);
  if (option) return [null, option.reason];
  const fits = points.length
    ? points.some(({ value }) => value === answer)
    : Number.isFinite(answer) && answer >= (low ?? answer) && answer <= (high ?? answer);
  if (fits) return [answer, null];
  return [null, answer === NOT_SHOWN_CODE ? NOT_SHOWN : OUT_OF_RANGE];
}

// All answers as numbers or null, why they are null, and the items that a filter hides: those
// where every condition of some group is known not to hold. A missing option, such as "too early to
// say", decides as an answer does.
function readAnswers(model, answers) {
  const { items, conditions } = model.scoring;
  const cells = cellsByName(model);
  const [values, reasons, hidden] = [{}, {}, new Set()];
  for (const item in items)
    [values[item], reasons[item]] = readAnswer(cells[item].format, answers[item]);
  const isOpen = (item) => reasons[item] === NOT_ANSWERED || reasons[item] === OUT_OF_RANGE;
  const isUnmet = ([item, wanted]) =>
    reasons[item] === NOT_SHOWN || (!isOpen(item) && !wanted.includes(answers[item]));
  for (const item in items) {
    if (!conditions[items[item].show]?.some((group) => group.every(isUnmet))) continue;
    hidden.add(item);
    values[item] = null;
    if (reasons[item] !== OUT_OF_RANGE) reasons[item] = NOT_SHOWN;
  }
  return { values, reasons, hidden };
}

// The answers without those that a filter hides, and the set of items hidden.
function hideFiltered(model, answers) {
  const { reasons, hidden } = readAnswers(model, answers);
  const kept = Object.entries(answers).filter(
    ([item]) => !hidden.has(item) || reasons[item] !== NOT_SHOWN,
  );
  return { answers: Object.fromEntries(kept), hidden };
}

// ---- Scale scores

// Scale -> { score, se, nAnswered, nAveraged, pomp, reason, partial }, for scales with a rule.
function scoreScales(model, answers) {
  return scoresOf(model, readAnswers(model, answers));
}

function scoresOf(model, read) {
  const scores = {};
  for (const scale of model.scoring.scales)
    // facets stand before what is made of them
    if (scale.rule) scores[scale.id] = scoreScale(model, scale, read, scores);
  return scores;
}

function scaleOf(model, id) {
  return model.scoring.scales.find((scale) => scale.id === id);
}

function scoreScale(model, scale, read, scores) {
  const { rule, items, low, high } = scale;
  const answered = items.filter((item) => read.values[item] !== null);
  const units =
    rule.method === "mean_of_facets"
      ? known(scale.facets.map((facet) => scores[facet]?.score ?? null))
      : answered.map((item) => keyedAnswer(model, item, read.values[item]));
  const facets = scale.facets.map((facet) => scaleOf(model, facet).items);
  const someHidden = facets.some((facet) =>
    facet.every((item) => read.reasons[item] === NOT_SHOWN),
  );
  const reason = whyNoScore(model, scale, read, { answered, units, facets, someHidden });
  const average = reason === null ? mean(units) : null;
  const se = average === null ? null : standardError(units, answered.length, scale.step);
  const hasPomp = average !== null && low !== null && high !== null;
  return {
    score: average === null ? null : average * factorOf(scale),
    se: se === null ? null : se * factorOf(scale),
    nAnswered: answered.length,
    nAveraged: units.length,
    pomp: hasPomp ? (100 * (average - low)) / (high - low) : null,
    reason,
    partial: rule.min_facets_partial === null ? null : someHidden && reason === null,
  };
}

function keyedAnswer(model, item, value) {
  const { low, high } = cellsByName(model)[item].format;
  return model.scoring.items[item].reverse && low !== null && high !== null
    ? low + high - value
    : value;
}

// What a mean is multiplied by.
function factorOf({ rule, items }) {
  return rule.method === "sum" ? items.length : 1;
}

function whyNoScore(model, { rule, items }, read, { answered, units, facets, someHidden }) {
  const needed = items.filter(
    (i) => !model.scoring.not_applicable.includes(read.reasons[i]),
  ).length;
  const possible = rule.method === "mean_of_facets" ? facets.length : items.length;
  const touched = facets.filter((facet) => facet.some((i) => read.values[i] !== null)).length;
  const minFacets = (someHidden ? rule.min_facets_partial : null) ?? rule.min_facets;
  if (needed === 0) return "none_needed";
  if (answered.length === 0) return "no_answers";
  if (needed < rule.min_needed_share * items.length - ROUNDING) return "too_few_needed";
  if (units.length < Math.min(rule.min_valid, possible)) return "too_few_answers";
  if (answered.length < rule.min_share * needed - ROUNDING) return "too_few_answers";
  return touched < Math.min(minFacets, facets.length) ? "too_few_facets" : null;
}

// The larger of s / sqrt(n) and step / sqrt(12 m), with m answers behind n units.
function standardError(units, nAnswered, step) {
  const n = units.length;
  if (n < 2) return null;
  const average = mean(units);
  const variance = total(units.map((unit) => (unit - average) ** 2)) / (n - 1);
  return Math.max(Math.sqrt(variance / n), step / Math.sqrt(12 * nAnswered));
}

// The interval of a score, as scoreScales gives it, cut to the ends of its scale.
function interval(model, scaleId, { score, se, nAveraged }, level) {
  if (se === null) return [null, null];
  const scale = scaleOf(model, scaleId);
  const half = se * model.scoring.t.find(([given]) => given === level)[1][nAveraged - 2];
  const [low, high] = [scale.low, scale.high].map((end) => end && end * factorOf(scale));
  const cut = (end) => Math.min(Math.max(end, low ?? -Infinity), high ?? Infinity);
  return [cut(score - half), cut(score + half)];
}

// ---- Participation

// { nPhases, indices, reasons, phases }; null without a matrix. The cells of a phase are steps of
// the ladder, also where too few are answered for the phase to count.
function participation(model, answers) {
  return participationOf(model, readAnswers(model, answers));
}

function participationOf(model, read) {
  const { matrix } = model.scoring;
  if (!matrix) return null;
  const top = matrix.high - matrix.low;
  const actors = [...matrix.columns.keys()];
  const privateActors = placesOf(matrix.columns, ["private"]);
  const phases = matrix.rows
    .map((row) => readPhase(model, row, read))
    .map((phase) => {
      const steps = phase.valid ? known(phase.cells) : [];
      return {
        ...phase,
        breadth: ratio(nInvolved(steps), steps.length),
        intensity: intensityOf(phase, actors, top),
        depth: ratio(total(steps), top * nInvolved(steps)),
        privateIntensity: intensityOf(phase, privateActors, top),
      };
    });
  const valid = phases.filter((phase) => phase.valid);
  const tooFew = valid.length ? null : "too_few_answers";
  const general = phases.some((phase) => phase.reached) ? tooFew : "no_phase_reached";
  const indices = levelsOf(matrix, valid, top);
  const reasons = {};
  const explain = (name, why) => (reasons[name] = general ?? (indices[name] === null ? why : null));
  for (const name in indices) explain(name, "nobody_took_part");
  for (const [ending, early, groups] of IMBALANCES) {
    const [absolute, relative, why] = imbalanceOf(matrix, phases, top, early, groups);
    indices[`imbalance${ending}`] = absolute;
    indices[`relative_imbalance${ending}`] = relative;
    const because = explain(`imbalance${ending}`, why);
    explain(`relative_imbalance${ending}`, because ?? "no_private_participation");
  }
  return { nPhases: valid.length, indices, reasons, phases };
}

function readPhase(model, row, { values, reasons }) {
  const { matrix, not_applicable } = model.scoring;
  const names = matrix.columns.map((column) => `${row.id}_${column.id}`);
  const cells = names.map((name) =>
    (values[name] ?? null) === null ? null : values[name] - matrix.low,
  );
  const reached = names.some((name) => !not_applicable.includes(reasons[name]));
  const valid = reached && known(cells).length / cells.length >= MIN_PHASE_SHARE;
  return { id: row.id, reached, valid, cells };
}

const nInvolved = (steps) => steps.filter((step) => step >= 1).length;

// The places of the rows or columns that belong to one of the groups.
function placesOf(lines, groups) {
  return lines.flatMap((line, place) => (groups.includes(line.group) ? [place] : []));
}

function intensityOf({ valid, cells }, places, top) {
  const steps = valid ? known(places.map((place) => cells[place])) : [];
  return ratio(total(steps), top * steps.length);
}

// The indices that take all phases alike.
function levelsOf(matrix, phases, top) {
  const steps = known(phases.flatMap(({ cells }) => cells));
  const byActor = matrix.columns.map((_, place) => known(phases.map(({ cells }) => cells[place])));
  const nActors = byActor.filter((own) => own.length).length;
  const sum = total(steps);
  const terms = byActor.map((own) => total(own) / sum).map((s) => (s > 0 ? s * Math.log(s) : 0));
  const nEff = sum > 0 ? Math.exp(-total(terms)) : null;
  return {
    breadth: mean(phases.map(({ breadth }) => breadth)),
    reach: ratio(byActor.filter(nInvolved).length, nActors),
    intensity: mean(phases.map(({ intensity }) => intensity)),
    depth: ratio(sum, top * nInvolved(steps)),
    n_eff: nEff,
    diversity: nEff === null ? null : ratio(nEff - 1, nActors - 1),
    collaboration_share: ratio(steps.filter((step) => step === top).length, steps.length),
  };
}

// The imbalance, the relative one, and why the first is missing if it is.
function imbalanceOf(matrix, phases, top, early, groups) {
  const rows = [early, ["implementation"]].map((names) => placesOf(matrix.rows, names));
  const actors = placesOf(matrix.columns, groups);
  if (![...rows, actors].every((places) => places.length)) return [null, null, "group_not_defined"];
  const found = rows.map((places) =>
    places.map((place) => intensityOf(phases[place], actors, top)),
  );
  if (found.flat().includes(null)) return [null, null, "phase_missing"];
  const [before, after] = found.map(mean);
  return [after - before, ratio(after - before, after + before), null];
}

// ---- Balance

// { contrasts: {id: { negative, positive, balance, hybridity, type, pType }}, gap }, for contrasts
// of scales with two ends.
function governanceBalance(model, answers) {
  const scores = scoreScales(model, answers);
  const found = {};
  for (const contrast of model.scoring.contrasts) {
    const scales = [contrast.negative, contrast.positive].map((id) => scaleOf(model, id));
    const haveEnds = scales.every(({ low, high }) => low !== null && high !== null);
    if (haveEnds) found[contrast.id] = balanceOf(contrast, scores);
  }
  const balances = (model.scoring.gap ?? [null]).map((id) => found[id]?.balance ?? null);
  return { contrasts: found, gap: balances.includes(null) ? null : balances[0] - balances[1] };
}

function balanceOf({ negative, positive, cut, types }, scores, probability = 0.8) {
  const pair = [scores[positive], scores[negative]];
  const [high, low] = pair.map(({ pomp }) => pomp);
  const isScored = high !== null && low !== null;
  const chances = typeChances(pair, cut);
  const [first, second] = mostProbable(chances ?? []);
  const isSure = chances && tidy(chances[first]) >= probability;
  return {
    negative: scores[negative].score,
    positive: scores[positive].score,
    balance: isScored ? (high - low) / 100 : null,
    hybridity: isScored ? Math.min(high, low) / 100 : null,
    type: chances && (isSure ? types[first] : `borderline (${types[first]} / ${types[second]})`),
    pType: chances && chances[first],
  };
}

// The probabilities of both, positive, negative, neither; null without standard errors.
function typeChances(pair, cut) {
  if (pair.some(({ se }) => se === null)) return null;
  const [p, q] = pair.map(({ score, se }) => {
    const above = tidy(score - cut);
    return se === 0 ? Number(above >= 0) : normalCdf(above / se);
  });
  return [p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)];
}

// The places of the chances, the most probable first and equal ones in their order.
function mostProbable(chances) {
  const rounded = chances.map(tidy);
  return [...rounded.keys()].sort((a, b) => rounded[b] - rounded[a]);
}

// ---- Feedback

// [{ rule, kind, scale, outcome, text }], in the order of the rules.
function feedback(model, answers, language) {
  const read = readAnswers(model, answers);
  const indices = { ...participationOf(model, read)?.indices };
  // Where nobody took part there is no imbalance to speak of, although the difference is 0.
  if (indices.relative_imbalance === null) indices.imbalance = null;
  const place = model.languages.findIndex(({ code }) => code === language);
  const person = { model, language, place, read, scores: scoresOf(model, read), indices };
  return model.scoring.feedback.flatMap((rule) => SAY[rule.kind](rule, person));
}

function sentence(rule, person, about, outcome, values) {
  const text = fillIn(inLanguage(person, rule.texts[outcome]), values);
  return { rule: rule.id, kind: rule.kind, scale: about, outcome, text };
}

// Replaces the placeholders in one pass; anything else in braces stays.
function fillIn(template, values) {
  return template.replace(/\{(\w+)\}/g, (found, name) =>
    Object.hasOwn(values, name) ? values[name] : found,
  );
}

function inLanguage({ place }, text) {
  return text[place] ?? "";
}

function titleOf(person, scale) {
  return inLanguage(person, scaleOf(person.model, scale).title);
}

// Whether a scale has a score with an error, from enough answers.
function isKnown(rule, { scores }, scale) {
  const found = scores[scale];
  return found !== undefined && found.se !== null && found.nAnswered >= (rule.min_items ?? 0);
}

function bandOf({ bands }, value) {
  return bands.find(({ below }) => below === null || tidy(value) < below);
}

function intervalOf({ level }, { model, scores }, scale) {
  return interval(model, scale, scores[scale], level);
}

function sayBand(rule, person, scale) {
  const { score, nAnswered } = person.scores[scale];
  const values = { scale: titleOf(person, scale), n: String(nAnswered) };
  const write = (number) => writeNumber(number, 1, person.language);
  if (score === null) return sentence(rule, person, scale, "missing", values);
  values.score = write(score);
  if (!isKnown(rule, person, scale)) return sentence(rule, person, scale, "few", values);
  const ends = intervalOf(rule, person, scale);
  const bands = ends.map((end) => bandOf(rule, end));
  [values.lower, values.upper] = ends.map(write);
  [values.band, values.other_band] = bands.map(({ label }) => inLanguage(person, label));
  const [first, last] = bands.map((band) => rule.bands.indexOf(band));
  return sentence(rule, person, scale, ["one", "between"][last - first] ?? "uncertain", values);
}

function sayPair(rule, person, pair) {
  const [first, second] = pair.map((scale) => person.scores[scale]);
  const difference = first.score - second.score;
  const margin = rule.critical * Math.hypot(first.se, second.se);
  const outcome = tidy(Math.abs(difference) - margin) > 0 ? "higher" : "same";
  const [one, other] = outcome === "higher" && difference < 0 ? [pair[1], pair[0]] : pair;
  const values = { scale: titleOf(person, one), other: titleOf(person, other) };
  return sentence(rule, person, one, outcome, values);
}

// Quotes an item by its poles, by row and column of a matrix, or as it stands.
function sayQuestion(rule, person, item) {
  const { cell, question, format } = cellsByName(person.model)[item];
  const say = (text) => inLanguage(person, text);
  const value = person.read.values[item];
  const point = format.points.find((option) => option.value === value);
  const wording = question.matrix ? `${say(question.text)}: ${say(cell.text)}` : say(cell.text);
  return sentence(rule, person, item, "question", {
    item: cell.left ? `${say(cell.left)} – ${say(cell.right)}` : wording,
    answer: (point && say(point.label)) || writeShort(value),
    passage: rule.items[item],
  });
}

// What a rule of each kind says: a list of sentences.
const SAY = {
  notice: (rule, person) => [sentence(rule, person, "", "text", {})],

  band: (rule, person) =>
    rule.scales
      .filter((scale) => scale in person.scores)
      .map((scale) => sayBand(rule, person, scale)),

  compare(rule, person) {
    const scales = rule.scales.filter((scale) => isKnown(rule, person, scale));
    return scales.flatMap((one, place) =>
      scales.slice(place + 1).map((other) => sayPair(rule, person, [one, other])),
    );
  },

  lowest(rule, person) {
    const { scales } = rule;
    if (scales.length < 2 || !scales.every((scale) => isKnown(rule, person, scale))) return [];
    const ends = scales.map((scale) => intervalOf(rule, person, scale).map(tidy));
    const place = ends.findIndex(([, upper], i) =>
      ends.every(([lower], j) => i === j || upper < lower),
    );
    if (place < 0) return [sentence(rule, person, "", "none", {})];
    return [
      sentence(rule, person, scales[place], "lowest", { scale: titleOf(person, scales[place]) }),
    ];
  },

  least(rule, person) {
    const { values } = person.read;
    return Object.keys(rule.items)
      .filter((item) => values[item] !== null && values[item] <= rule.at_most)
      .sort((a, b) => values[a] - values[b])
      .slice(0, rule.limit)
      .map((item) => sayQuestion(rule, person, item));
  },

  type(rule, person) {
    const contrast = person.model.scoring.contrasts.find(({ id }) => id === rule.contrast);
    if (!contrast) return [];
    const pair = [contrast.positive, contrast.negative];
    const [positive, negative] = pair.map((scale) => titleOf(person, scale));
    const values = { positive, negative };
    const answer = (outcome) => [sentence(rule, person, rule.contrast, outcome, values)];
    if (!pair.every((scale) => isKnown(rule, person, scale))) return answer("missing");
    const chances = typeChances(
      pair.map((scale) => person.scores[scale]),
      contrast.cut,
    );
    const [first, second] = mostProbable(chances);
    values.first = inLanguage(person, rule.texts[`name-${TYPES[first]}`]);
    values.second = inLanguage(person, rule.texts[`name-${TYPES[second]}`]);
    return answer(tidy(chances[first]) >= rule.probability ? TYPES[first] : "borderline");
  },

  index(rule, person) {
    const value = person.indices[rule.index];
    if (value === undefined) return [];
    if (value === null) return [sentence(rule, person, rule.index, "missing", {})];
    const band = inLanguage(person, bandOf(rule, value).label);
    const words = { value: writeNumber(value, 2, person.language), band };
    return [sentence(rule, person, rule.index, "one", words)];
  },
};
