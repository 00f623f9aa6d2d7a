const byId = id => document.getElementById(id);

// The page holds its data as JSON, compressed with gzip and encoded in base64.
async function unpacked(id) {
  const packed = Uint8Array.from(atob(byId(id).textContent.trim()), letter => letter.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

const data = await unpacked("data");
const caseName = one => `${one.method}/${one.function}/${one.payload}`;

// The reader's choices. change() sets them and redraws everything that depends on them.
const state = {
  payload: data.payloads.includes("1KB") ? "1KB" : data.payloads[0],
  function: data.functions[0],
  quantile: data.quantiles[0].name,
  launch: data.launches.find(launch => launch.warmUps.length > 0)?.number,
  methods: new Set(data.methods.filter(method => method.shown).map(method => method.id)),
};
const watchers = [];

function change(values) {
  Object.assign(state, values);
  for (const watcher of watchers) watcher();
}

// Creates every HTML element of the page. A text becomes a text node, so the browser never parses it as markup.
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
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

// A row of buttons; exactly one is pressed.
function segments(label, choices, chosen, choose) {
  const group = make("div", { class: "segments", role: "group", "aria-label": label });
  const show = () => group.querySelectorAll("button").forEach(button =>
    button.setAttribute("aria-pressed", button.dataset.value === String(chosen())));
  for (const choice of choices) {
    const value = choice.value ?? choice;
    const click = () => { choose(value); show(); };
    group.append(make("button", { type: "button", "data-value": value, title: choice.title, on: { click } },
      shortened(choice.text ?? choice)));
  }
  watchers.push(show);
  show();
  return make("div", { class: "choice" }, make("span", { class: "choice-label" }, label), group);
}

const methodsShown = () => data.methods.filter(method => state.methods.has(method.id));
const casesIndex = new Map(data.cases.map(one => [caseName(one), one]));
const caseOf = (method, fn, payload) => casesIndex.get(`${method}/${fn}/${payload}`);

// The cases of the chosen methods; methods without such a case are left out.
const casesShown = (fn, payload) => methodsShown().map(method => caseOf(method.id, fn, payload)).filter(Boolean);
