const marks = {
  "viable": ["✓", "good"], "not viable": ["✕", "bad"], "not known": ["?", "open"], "not warm": ["≈", "cold"], "failed": ["!", "lost"],
  "slower": ["▲", "bad"], "more": ["▲", "bad"], "faster": ["▼", "good"], "less": ["▼", "good"], "fewer": ["▼", "good"],
  "same": ["=", "good"], "too noisy to tell": ["?", "open"], "not judged": ["?", "open"],
};

const symbolOf = (mark, properties) => make("span", { ...properties, "aria-hidden": "true" }, mark);

// The mark of a state: "same within ±50 %" is marked as "same".
const markOf = state => marks[state?.split(" within ")[0]];

// A state as a label. Its symbol, its word and its colour each identify the state alone.
function chip(name) {
  const [mark, kind] = markOf(name) ?? ["·", "plain"];
  return make("span", { class: `chip ${kind}` }, symbolOf(mark, { class: "mark" }), name);
}

const answers = {
  "viable": ["Yes: delegation is cheap enough", of => `All ${of.deciding} cases of ${of.names} stay under their limits.`],
  "not viable": ["No: delegation is too dear", of => `${of.decided} of ${of.deciding} cases of ${of.names} are beyond a limit.`],
  "not known": [
    "Not known: this run does not decide it",
    of => `${of.decided} of ${of.deciding} cases of ${of.names} are not known well enough.`,
  ],
  "none": ["No verdict in this run", () => "No case of a method that delegates was measured."],
};

function meter(worst) {
  const { overhead, limitNs } = worst;
  const isKnown = overhead.value !== undefined;
  const high = overhead.high ?? overhead.value;
  const share = isKnown ? Math.max(0, high / limitNs) : null;
  const kind = share === null ? "open" : share < 1 ? "good" : "bad";
  const fill = make("span", { class: `fill ${kind}`, style: { width: `${Math.min(100, 100 * (share ?? 0))}%` } });
  const shareText = share === null ? "" : `, at most ${significant(100 * share, 2)} % of the limit`;
  return make("div", { class: "meter" },
    make("div", { class: "meter-head" },
      make("b", {}, worst.quantile),
      make("span", { class: "meter-value" }, isKnown ? `+${ranged(overhead)}` : shortened(overhead.why ?? unknown, 60)),
      make("span", { class: "muted" }, `limit ${duration(limitNs)}`)),
    make("div", { class: "track" }, fill),
    make("div", { class: "muted small" }, `worst case: ${shortened(worst.case, 60)}${shareText}`));
}

// A run whose cases all fail has as many failures as cases.
const failuresShown = 5;

function showAnswer() {
  const { verdict } = data;
  const failures = verdict.failures.length;
  const [headline, meaning] = failures === 0 ? answers[verdict.state]
    : [`Failed: ${count(failures, "failure")} in this run`, () => "The other figures are shown; they may lack cases or launches."];
  const method = fastest(verdict.ranked);
  const [mark, kind] = failures > 0 ? ["!", "bad"] : marks[verdict.state] ?? ["–", "plain"];
  const names = shortened(verdict.methods.join(", "), 80);
  const choice = method === null ? [] : [" Fastest within the limits: ", make("b", {}, method), ".", stallsOf(verdict.ranked)];
  const card = make("section", { class: `card verdict ${kind}`, "aria-label": "Verdict" },
    make("div", { class: "verdict-head" },
      symbolOf(mark, { class: `badge ${kind}` }),
      make("div", {}, make("h2", {}, headline), make("p", {}, meaning({ ...verdict, names }), ...choice))),
    failures === 0 ? null : make("ul", { class: "words", "aria-label": "What failed" },
      verdict.failures.slice(0, failuresShown).map(failure => make("li", {}, shortened(failure, 300))),
      failures > failuresShown ? make("li", {}, `and ${failures - failuresShown} more in percentiles.md`) : null),
    verdict.quantiles.length === 0 ? null : make("p", { class: "lead" },
      "What delegation adds to a call, against running the function inline. The bar ends at the slowest launch:"),
    verdict.quantiles.map(meter),
    make("details", {}, make("summary", {}, "In the report’s words"), make("p", { class: "words" }, verdict.sentence)));
  byId("answer").append(card, choiceCard(verdict), basisCard());
}

// The most methods in the ranking: in a longer list, a reader would not see which one to take.
const rankedShown = 5;

function rankingText(ranked) {
  if (ranked.length === 1) return `${ranked[0].method} is the only one that is known to stay within the limits`;
  const open = ranked.filter(one => one.isFastest).length > 1 ? "; this run does not tell them apart" : "";
  return `the fastest of the ${ranked.length} that stay within the limits${open}`;
}

function rankingBars(ranked) {
  const longest = Math.max(...ranked.map(one => one.p50.high ?? one.p50.value));
  return ranked.map(one => {
    const fill = { class: one.isFastest ? "fill good" : "fill plain", style: { width: `${100 * one.p50.value / longest}%` } };
    return make("li", {},
      make("span", { class: "rank-name" }, shortened(one.method)),
      make("span", { class: "rank-track" }, make("span", fill)),
      make("span", { class: "rank-value" }, duration(one.p50.value)));
  });
}

function choiceCard({ ranked, recommendation, places }) {
  const [head, ...lines] = recommendation;
  const placed = places.map(place => make("div", {},
    make("dt", { class: "muted" }, place.where), make("dd", {}, shortened(place.methods.join(" or "), 120) || "none is known to fit")));
  return make("section", { class: "card", "aria-label": "Which method" },
    make("h2", { class: "quiet" }, "Which method to choose"),
    places.length > 0 ? make("dl", { class: "places", "aria-label": "The fastest by where caller and runtime are" }, placed)
      : make("p", { class: "pick" }, fastest(ranked) ?? "None is known to fit"),
    stallsOf(ranked) === "" ? null : make("p", { class: "words" }, stallsOf(ranked)),
    ranked.length === 0 ? null : make("p", { class: "muted" }, rankingText(ranked)),
    ranked.length < 2 ? null : make("ol", { class: "ranks", "aria-label": "The fastest methods by p50, mean of all cases" },
      rankingBars(ranked.slice(0, rankedShown))),
    ranked.length < 2 ? null : make("p", { class: "muted small" }, "p50, geometric mean of the cases that all of them have"),
    make("details", {},
      make("summary", {}, "All that fit, and the cheapest by other measures"),
      make("p", { class: "words" }, head),
      make("ul", { class: "words" }, lines.map(line => make("li", {}, line)))));
}

// The sentences without which a method whose calls stall is not recommended.
function stallsOf(ranked) {
  return ranked.filter(one => one.isFastest && one.stalls).map(one => ` ${one.stalls[0].toUpperCase()}${one.stalls.slice(1)}.`).join("");
}

function fastest(ranked) {
  const names = ranked.filter(one => one.isFastest).map(one => shortened(one.method));
  if (names.length === 0) return null;
  return names.length === 1 ? names[0] : shortened(`${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`, 120);
}

function basisCard() {
  const listed = lines => make("ul", {}, lines.map(line => make("li", {}, line)));
  const warnings = data.warnings.length === 0 ? make("p", { class: "muted" }, "No warnings.") : make("details", {},
    make("summary", {},
      make("span", { class: "chip open" }, symbolOf("!", { class: "mark" }), count(data.warnings.length, "warning"))),
    listed(data.warnings));
  return make("section", { class: "card basis", "aria-label": "Basis" },
    make("div", {}, make("h2", { class: "quiet" }, "What it is based on"), listed(data.basis)),
    make("div", {}, make("h2", { class: "quiet" }, "What it does not say"), listed(data.notCovered.split("; ")), warnings));
}
