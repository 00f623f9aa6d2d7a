function methodButton(method) {
  const click = () => {
    if (!state.methods.delete(method.id)) state.methods.add(method.id);
    change({});
  };
  const button = make("button", { type: "button", class: "method", title: method.settings, on: { click } },
    make("span", { class: "swatch-place" }),
    make("span", { class: "method-name" }, shortened(method.id)));
  const show = () => {
    button.setAttribute("aria-pressed", state.methods.has(method.id));
    button.firstChild.replaceChildren(swatch(method.id));
  };
  watchers.push(show);
  repainters.push(show);
  show();
  return button;
}

function preset(text, isChosen) {
  const click = () => change({ methods: new Set(data.methods.filter(isChosen).map(method => method.id)) });
  return make("button", { type: "button", class: "link", on: { click } }, text);
}

const methodButtons = (label, methods) =>
  make("div", { class: "methods", role: "group", "aria-label": label }, methods.map(methodButton));

function startControls() {
  const [methods, remedies] = ["method", "remedy"].map(group => data.methods.filter(method => method.group === group));
  byId("controls").append(
    make("div", { class: "row" },
      segments("Payload", data.payloads, () => state.payload, payload => change({ payload })),
      make("div", { class: "choice" },
        make("span", { class: "choice-label" }, "Show"),
        make("span", { class: "presets", role: "group", "aria-label": "Choose methods" },
          preset("main", method => method.shown), preset("all", method => method.group === "method"), preset("none", () => false)))),
    methodButtons("Methods", methods),
    remedies.length === 0 ? "" : make("details", {},
      make("summary", {}, `Remedies (${remedies.length})`), methodButtons("Remedies", remedies)));
  const functions = () => data.functions.length < 2 ? ""
    : segments("Function", data.functions, () => state.function, fn => change({ function: fn }));
  const names = data.quantiles.map(quantile => quantile.name);
  byId("overhead-controls").append(functions(), segments("Percentile", names, () => state.quantile, quantile => change({ quantile })));
  byId("launches-controls").append(functions());
  if (data.launches.length > 1) {
    const warmed = data.launches.filter(launch => launch.warmUps.length > 0).map(launch => String(launch.number));
    byId("warm-controls").append(segments("Launch", warmed, () => state.launch, launch => change({ launch: Number(launch) })));
  }
}

function startSettings() {
  for (const method of data.methods) {
    byId("settings").append(make("dt", {}, shortened(method.id, 80)), make("dd", {}, method.settings));
  }
}
