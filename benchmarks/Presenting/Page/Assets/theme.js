const themes = ["auto", "light", "dark"];
let theme = "auto";

// Okabe and Ito's palette without yellow, which is too light on white. direct has the colour of the text. With more than six
// other methods the colours repeat, with another dash and another symbol.
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const dashes = ["solid", "dashed", [2, 3], [8, 3, 2, 3]];
const symbols = ["circle", "rect", "triangle", "diamond"];

const looks = new Map();
data.methods.forEach((method, index) => looks.set(method.id, index === 0 && method.id === "direct"
  ? { color: null, dash: "solid", symbol: "circle" }
  : {
    color: palette[(index - 1 + palette.length) % palette.length],
    dash: dashes[Math.floor(Math.max(0, index - 1) / palette.length) % dashes.length],
    symbol: symbols[(index + Math.floor(Math.max(0, index - 1) / palette.length)) % symbols.length],
  }));

// A CSS variable holds a colour for both themes. A canvas needs the colour of the current theme.
function colour(name) {
  byId("probe").style.color = `var(--${name})`;
  return getComputedStyle(byId("probe")).color;
}

function look(method) {
  const one = looks.get(method);
  return { ...one, color: one.color ?? colour("text") };
}

function setTheme(chosen) {
  theme = chosen;
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  redrawAll();
}

function keepTheme(chosen) {
  setTheme(chosen);
  // A browser may refuse to store anything for a page that was opened from disk.
  try { localStorage.setItem("theme", chosen); } catch { }
}

function startTheme() {
  try { theme = themes.find(one => one === localStorage.getItem("theme")) ?? "auto"; } catch { }
  byId("themes").replaceWith(segments("Theme", themes, () => theme, keepTheme));
  setTheme(theme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
}
