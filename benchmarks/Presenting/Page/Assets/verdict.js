const marks = {
  "viable": ["✓", "good"], "not viable": ["✕", "bad"], "not known": ["?", "open"], "not warm": ["≈", "cold"], "failed": ["!", "lost"],
  "slower": ["▲", "bad"], "more": ["▲", "bad"], "faster": ["▼", "good"], "less": ["▼", "good"], "fewer": ["▼", "good"], "same": ["=", "good"],
  "too noisy to tell": ["?", "open"], "not judged": ["?", "open"],
};

// Shape, words and colour: each tells the state alone.
function chip(name) {
  const [mark, kind] = marks[name] ?? ["·", "plain"];
  return make("span", { class: `chip ${kind}` }, make("span", { class: "mark", "aria-hidden": "true" }, mark), name);
}

const answers = {
  "viable": ["Yes: delegation is cheap enough", of => `All ${of.deciding} cases of ${of.names} stay under their limits.`],
  "not viable": ["No: delegation is too dear", of => `${of.decided} of ${of.deciding} cases of ${of.names} are beyond a limit.`],
  "not known": ["Not known: this run does not decide it", of => `${of.decided} of ${of.deciding} cases of ${of.names} are not known well enough.`],
  "none": ["No verdict in this run", () => "No case that decides was measured."],
};

function meter(worst) {
  const { overhead, limitNs } = worst;
  const share = overhead.value === undefined ? null : Math.max(0, (overhead.high ?? overhead.value) / limitNs);
  const kind = share === null ? "open" : share < 1 ? "good" : "bad";
  const fill = make("span", { class: `fill ${kind}`, style: { width: `${Math.min(100, 100 * (share ?? 0))}%` } });
  return make("div", { class: "meter" },
    make("div", { class: "meter-head" },
      make("b", {}, worst.quantile),
      make("span", { class: "meter-value" }, overhead.value === undefined ? shortened(overhead.why ?? unknown, 60) : `+${duration(overhead.high ?? overhead.value)}`),
      make("span", { class: "muted" }, `limit ${duration(limitNs)}`)),
    make("div", { class: "track" }, fill),
    make("div", { class: "muted small" }, `worst cell: ${shortened(worst.case, 60)}${share === null ? "" : `, at most ${significant(100 * share, 2)} % of the limit`}`));
}

function showAnswer() {
  const { verdict } = data;
  const [headline, meaning] = answers[verdict.state];
  const method = fastest(verdict.ranked);
  const [mark, kind] = marks[verdict.state] ?? ["–", "plain"];
  const card = make("section", { class: `card verdict ${kind}`, "aria-label": "Verdict" },
    make("div", { class: "verdict-head" }, make("span", { class: `badge ${kind}`, "aria-hidden": "true" }, mark), make("div", {}, make("h2", {}, headline), make("p", {}, meaning({ ...verdict, names: shortened(verdict.methods.join(", "), 80) }), ...(method === null ? [] : [" Fastest within the limits: ", make("b", {}, method), "."])))),
    verdict.quantiles.length === 0 ? null : make("p", { class: "lead" }, "What delegation adds to a call, against running the function inline. Upper end of the launches’ range:"),
    verdict.quantiles.map(meter),
    make("details", {}, make("summary", {}, "In the report’s words"), make("p", { class: "words" }, verdict.sentence)));
  byId("answer").append(card, choiceCard(verdict), basisCard());
}

// Of more than a few, a reader who asks which one to take sees none.
const rankedShown = 5;

function choiceCard({ ranked, recommendation }) {
  const [head, ...lines] = recommendation;
  const longest = Math.max(...ranked.slice(0, rankedShown).map(one => one.p50.high ?? one.p50.value));
  const bar = one => [
    make("span", { class: "rank-name" }, shortened(one.method)),
    make("span", { class: "rank-track" }, make("span", { class: one.isFastest ? "fill good" : "fill plain", style: { width: `${100 * one.p50.value / longest}%` } })),
    make("span", { class: "rank-value" }, duration(one.p50.value)),
  ];
  return make("section", { class: "card", "aria-label": "Which method" },
    make("h2", { class: "quiet" }, "Which method to choose"),
    make("p", { class: "pick" }, fastest(ranked) ?? "None is known to fit"),
    ranked.length === 0 ? null : make("p", { class: "muted" }, ranked.length === 1 ? "the only one that is known to stay within the limits" : `the fastest of the ${ranked.length} that stay within the limits${ranked.filter(one => one.isFastest).length > 1 ? "; this run does not tell them apart" : ""}`),
    ranked.length < 2 ? null : make("ol", { class: "ranks", "aria-label": "The fastest methods by p50, mean of all cells" }, ranked.slice(0, rankedShown).map(one => make("li", {}, bar(one)))),
    ranked.length < 2 ? null : make("p", { class: "muted small" }, "p50, geometric mean of the cells that all of them have"),
    make("details", {}, make("summary", {}, "All that fit, and the cheapest by other measures"), make("p", { class: "words" }, head), make("ul", { class: "words" }, lines.map(line => make("li", {}, line)))));
}

function fastest(ranked) {
  const names = ranked.filter(one => one.isFastest).map(one => shortened(one.method));
  if (names.length === 0) return null;
  return names.length === 1 ? names[0] : shortened(`${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`, 120);
}

function basisCard() {
  const warnings = data.warnings.length === 0 ? make("p", { class: "muted" }, "No warnings.") : make("details", {},
    make("summary", {}, make("span", { class: "chip open" }, make("span", { class: "mark", "aria-hidden": "true" }, "!"), count(data.warnings.length, "warning"))),
    make("ul", {}, data.warnings.map(line => make("li", {}, line))));
  return make("section", { class: "card basis", "aria-label": "Basis" },
    make("div", {}, make("h2", { class: "quiet" }, "What it is based on"), make("ul", {}, data.basis.map(line => make("li", {}, line)))),
    make("div", {}, make("h2", { class: "quiet" }, "What it does not say"), make("ul", {}, data.notSaid.split("; ").map(line => make("li", {}, line))), warnings));
}
