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
  "viable": ["Yes: delegation is cheap enough", "Every cell that decides stays under its limits."],
  "not viable": ["No: delegation is too dear", "At least one cell that decides is beyond a limit."],
  "not known": ["Not known: this run does not decide it", "At least one cell that decides is not known well enough."],
  "none": ["No verdict in this run", "No cell that decides was measured."],
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
  const [mark, kind] = marks[verdict.state] ?? ["–", "plain"];
  const card = make("section", { class: `card verdict ${kind}`, "aria-label": "Verdict" },
    make("div", { class: "verdict-head" }, make("span", { class: `badge ${kind}`, "aria-hidden": "true" }, mark), make("div", {}, make("h2", {}, headline), make("p", {}, meaning))),
    verdict.quantiles.length === 0 ? null : make("p", { class: "lead" }, "What a call costs more than by direct, at the upper end of the launches’ range:"),
    verdict.quantiles.map(meter),
    make("details", {}, make("summary", {}, "In the report’s words"), make("p", { class: "words" }, verdict.sentence)));
  byId("answer").append(card, choiceCard(verdict), basisCard());
}

function choiceCard({ recommended, recommendation }) {
  const [head, ...lines] = recommendation;
  const named = recommended.map(one => one.method);
  const headline = named.length === 0 ? "None is known to fit"
    : named.length === 1 ? named[0]
    : `${named.slice(0, -1).map(name => shortened(name)).join(", ")} or ${shortened(named[named.length - 1])}`;
  const cost = one => make("p", {}, `${shortened(one.method)}: p50 ${ranged(one.p50)}`);
  return make("section", { class: "card", "aria-label": "Which method" },
    make("h2", {}, "Which method"),
    make("p", { class: "pick" }, shortened(headline, 120)),
    named.length === 0 ? null : make("p", { class: "muted" }, named.length === 1 ? "the fastest of those that stay within the limits" : "the fastest within the limits; this run does not tell them apart"),
    recommended.slice(0, 3).map(cost),
    make("details", {}, make("summary", {}, "All that fit, and by what else"), make("p", { class: "words" }, head), make("ul", {}, lines.map(line => make("li", {}, line)))));
}

function basisCard() {
  return make("section", { class: "card", "aria-label": "Basis" },
    make("h2", {}, "What this stands on"),
    make("ul", { class: "basis" }, data.basis.map(line => make("li", {}, line))),
    make("h3", {}, "What it does not say"),
    make("p", {}, data.notSaid),
    data.warnings.length === 0 ? null : make("details", { open: data.warnings.length <= 2 && data.warnings.every(line => line.length < 400) },
      make("summary", {}, make("span", { class: "chip open" }, make("span", { class: "mark", "aria-hidden": "true" }, "!"), count(data.warnings.length, "warning"))),
      make("ul", {}, data.warnings.map(line => make("li", {}, line)))));
}
