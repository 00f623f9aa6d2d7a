function methodButton(method) {
  const button = make("button", { type: "button", class: "method", title: method.settings, on: { click: () => {
    if (state.methods.has(method.id)) state.methods.delete(method.id);
    else state.methods.add(method.id);
    change({});
  } } }, make("span", { class: "swatch-place" }), make("span", { class: "method-name" }, shortened(method.id)));
  const show = () => {
    button.setAttribute("aria-pressed", state.methods.has(method.id));
    button.firstChild.replaceChildren(swatch(method.id));
  };
  watchers.push(show);
  repainters.push(show);
  show();
  return button;
}

function preset(text, chosen) {
  return make("button", { type: "button", class: "link", on: { click: () => change({ methods: new Set(data.methods.filter(chosen).map(method => method.id)) }) } }, text);
}

function startControls() {
  const groups = ["method", "remedy"].map(group => data.methods.filter(method => method.group === group));
  byId("controls").append(
    make("div", { class: "row" },
      segments("Payload", data.payloads, () => state.payload, payload => change({ payload })),
      make("div", { class: "choice" }, make("span", { class: "choice-label" }, "Show"), make("span", { class: "presets", role: "group", "aria-label": "Choose methods" },
        preset("main", method => method.shown), preset("all", method => method.group === "method"), preset("none", () => false)))),
    make("div", { class: "methods", role: "group", "aria-label": "Methods" }, groups[0].map(methodButton)),
    groups[1].length === 0 ? "" : make("details", {}, make("summary", {}, `Remedies (${groups[1].length})`), make("div", { class: "methods", role: "group", "aria-label": "Remedies" }, groups[1].map(methodButton))));
  const local = (id, ...choices) => byId(id).append(...choices);
  const functions = () => data.functions.length < 2 ? "" : segments("Function", data.functions, () => state.function, fn => change({ function: fn }));
  local("overhead-controls", functions(), segments("Percentile", ["p50", "p95", "p99"], () => state.quantile, quantile => change({ quantile })));
  local("launches-controls", functions());
  if (data.launches.length > 1) {
    local("warm-controls", segments("Launch", data.launches.filter(launch => launch.warmUps.length > 0).map(launch => String(launch.number)), () => state.launch, launch => change({ launch: Number(launch) })));
  }
}

function startSettings() {
  for (const method of data.methods) byId("settings").append(make("dt", {}, shortened(method.id, 80)), make("dd", {}, method.settings));
}
