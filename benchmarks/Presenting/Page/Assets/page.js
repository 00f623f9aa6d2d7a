const data = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);
const caseName = one => `${one.method}/${one.function}/${one.payload}`;

// What the reader chose; a change is told to everything that was drawn by it.
const state = {
  payload: data.payloads.includes("1KB") ? "1KB" : data.payloads[0],
  function: data.functions[0],
  quantile: "p50",
  launch: data.launches.find(launch => launch.warmUps.length > 0)?.number,
  methods: new Set(data.methods.filter(method => method.shown).map(method => method.id)),
};
const watchers = [];

function change(values) {
  Object.assign(state, values);
  for (const watcher of watchers) watcher();
}

// Elements are made by this alone: a text is never read as markup.
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, heard] of Object.entries(value)) element.addEventListener(event, heard);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

function drawing(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A row of buttons of which one is pressed.
function segments(label, choices, chosen, choose) {
  const group = make("div", { class: "segments", role: "group", "aria-label": label });
  const show = () => group.querySelectorAll("button").forEach(button => button.setAttribute("aria-pressed", button.dataset.value === String(chosen())));
  for (const choice of choices) {
    group.append(make("button", { type: "button", "data-value": choice.value ?? choice, title: choice.title, on: { click: () => { choose(choice.value ?? choice); show(); } } }, shortened(choice.text ?? choice)));
  }
  watchers.push(show);
  show();
  return make("div", { class: "choice" }, make("span", { class: "choice-label" }, label), group);
}

const methodsShown = () => data.methods.filter(method => state.methods.has(method.id));
const casesIndex = new Map(data.cases.map(one => [caseName(one), one]));
const caseOf = (method, fn, payload) => casesIndex.get(`${method}/${fn}/${payload}`);
