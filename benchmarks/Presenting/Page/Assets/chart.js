const charts = [];
const narrow = () => document.documentElement.clientWidth < 600;

// Draws a chart when the reader scrolls near it, and again when its data or the reader's choices have changed.
const nearby = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const chart = charts.find(one => one.plot === entry.target);
    if (!chart) continue;
    chart.near = entry.isIntersecting;
    if (chart.near && chart.stale) chart.draw();
  }
}, { rootMargin: "300px" });

const resized = new ResizeObserver(entries => {
  for (const entry of entries) {
    const chart = charts.find(one => one.plot === entry.target);
    if (chart?.instance && entry.contentRect.width > 0) chart.draw();
  }
});

/*
 * Adds a figure: a title, a plot, the text of the point that the arrow keys have reached, and a table of all points for
 * readers who cannot see the plot. describe(heading) sets the title and returns what to draw:
 * { option, height, summary, points: [{ series, index, text }], table: { head, rows }, notes }, or emptyChart(why).
 */
function addChart(host, title, describe) {
  const plot = make("div", { class: "plot", tabindex: "0", role: "img" });
  const reading = make("p", { class: "reading", "aria-live": "polite" });
  const notes = make("div", { class: "notes" });
  const body = make("div", { class: "scroll", tabindex: "0", role: "region" });
  const details = make("details", { class: "as-table" }, make("summary", {}, "Figures as a table"), body);
  const heading = make("h3", {}, title);
  host.append(make("figure", { class: "card chart" }, heading, plot, reading, notes, details));

  const chart = { plot, near: false, stale: true, instance: null, at: -1, title: heading };
  let described = null;
  const tabulate = () => {
    body.setAttribute("aria-label", `${heading.textContent}: figures`);
    body.replaceChildren(described ? plainTable(described.table) : "");
  };

  chart.draw = () => {
    chart.stale = false;
    chart.at = -1;
    reading.textContent = "";
    described = describe(heading);
    notes.replaceChildren(...(described.notes ?? []));
    const summary = described.empty ?? described.summary;
    plot.setAttribute("aria-label", `${heading.textContent}. ${summary} Arrow keys read the points.`);
    if (details.open) tabulate();
    if (described.empty) {
      chart.instance?.dispose();
      chart.instance = null;
      plot.style.height = "auto";
      plot.replaceChildren(make("p", { class: "empty" }, described.empty));
      return;
    }
    const height = `${described.height ?? 320}px`;
    if (plot.style.height !== height) plot.style.height = height;
    if (!chart.instance) {
      plot.replaceChildren();
      chart.instance = echarts.init(plot, null, { renderer: "canvas" });
    } else chart.instance.resize();
    chart.instance.setOption({ ...frame(), ...described.option }, { notMerge: true });
  };

  chart.refresh = () => {
    if (chart.near) chart.draw();
    else chart.stale = true;
  };

  details.addEventListener("toggle", () => {
    if (!details.open) return;
    if (chart.stale) chart.draw();
    tabulate();
  });
  plot.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const points = described?.points ?? [];
    if (!step || points.length === 0) return;
    event.preventDefault();
    chart.at = Math.min(points.length - 1, Math.max(0, chart.at + step));
    const point = points[chart.at];
    chart.instance.dispatchAction({ type: "showTip", seriesIndex: point.series, dataIndex: point.index });
    reading.textContent = point.text;
  });
  plot.addEventListener("blur", () => {
    chart.instance?.dispatchAction({ type: "hideTip" });
    reading.textContent = "";
  });

  charts.push(chart);
  watchers.push(chart.refresh);
  nearby.observe(plot);
  resized.observe(plot);
  return chart;
}

// A chart without points: why it is empty, and the first title of its empty table.
const emptyChart = (why, head = "method") => ({ empty: why, points: [], table: { head: [head], rows: [] } });

// Functions that redraw a method's colour outside of the charts, such as on a button.
const repainters = [];

function redrawAll() {
  for (const repaint of repainters) repaint();
  for (const chart of charts) chart.refresh();
}

// The options that all charts share.
const frame = () => ({
  animation: false,
  textStyle: { fontFamily: "system-ui, sans-serif", color: colour("text") },
  aria: { enabled: false },
  grid: { left: 4, right: 18, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
});

const axis = more => ({
  axisLine: { lineStyle: { color: colour("line") } },
  axisTick: { show: false },
  minorTick: { show: false },
  splitLine: { show: true, lineStyle: { color: colour("grid") } },
  nameTextStyle: { color: colour("muted"), fontSize: 12 },
  ...more,
  axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true, ...more?.axisLabel },
});

// The powers of ten around the values: a logarithmic axis is read by its powers of ten.
function decades(values) {
  const positive = values.filter(value => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return { min: 1, max: 10 };
  const min = 10 ** Math.floor(Math.log10(Math.min(...positive)) + 1e-9);
  const max = 10 ** Math.ceil(Math.log10(Math.max(...positive)) - 1e-9);
  return { min, max: Math.max(max, min * 10) };
}

const timeAxis = (values, more) =>
  axis({ type: "log", ...decades(values), ...more, axisLabel: { formatter: roundDuration, ...more?.axisLabel } });

// A tooltip. It is built from elements, so a name is never parsed as markup and needs no inline style.
function tip(title, rows) {
  return make("div", { class: "tip" }, make("b", {}, title), rows.map(row =>
    make("div", { class: "tip-row" },
      row.method ? swatch(row.method) : null,
      make("span", { class: "tip-name" }, shortened(row.name ?? "", 60)),
      make("span", { class: "tip-value" }, row.text))));
}

const tooltip = more => ({
  confine: true,
  transitionDuration: 0,
  backgroundColor: colour("card"),
  borderColor: colour("line"),
  textStyle: { color: colour("text"), fontSize: 13 },
  ...more,
});

function swatch(method) {
  const { color, dash, symbol } = look(method);
  const shapes = {
    circle: () => drawing("circle", { cx: 13, cy: 7, r: 4, fill: color }),
    rect: () => drawing("rect", { x: 9.5, y: 3.5, width: 7, height: 7, fill: color }),
    triangle: () => drawing("path", { d: "M13 2.5 17.5 11h-9z", fill: color }),
    diamond: () => drawing("path", { d: "M13 2l5 5-5 5-5-5z", fill: color }),
  };
  const line = drawing("path", { d: "M0 7h26", stroke: color, "stroke-width": 2, fill: "none" });
  if (dash !== "solid") line.setAttribute("stroke-dasharray", dash === "dashed" ? "5 3" : dash.join(" "));
  const size = { viewBox: "0 0 26 14", width: 26, height: 14 };
  return drawing("svg", { class: "swatch", ...size, "aria-hidden": "true" }, line, shapes[symbol]());
}

function plainTable({ head, rows }) {
  return make("table", {},
    make("thead", {}, make("tr", {}, head.map(title => make("th", { scope: "col" }, title)))),
    make("tbody", {}, rows.map(([name, ...cells]) => make("tr", {},
      make("th", { scope: "row" }, name), cells.map(cell => make("td", {}, cell))))));
}
