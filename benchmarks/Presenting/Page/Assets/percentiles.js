// The rungs with a marker on every curve: the quantiles with a limit, and one more that is a decade rarer than the last.
const quantileRungs = data.quantiles.map(quantile => quantile.rung);
const marked = [...quantileRungs, 10 * quantileRungs[quantileRungs.length - 1]];

// The indexes of the marked rungs that a curve of a length has.
const markedIndexes = length => marked.map(rung => data.rungs.indexOf(rung)).filter(index => index >= 0 && index < length);

// The band between two curves, drawn as one polygon. A point is [x, low, high].
function band(points, color, opacity = 0.16) {
  return {
    type: "custom", silent: true, clip: true, z: 1, data: [points[0]?.slice(0, 2) ?? []], tooltip: { show: false },
    renderItem: (_, api) => {
      const low = points.map(([x, bottom]) => api.coord([x, bottom]));
      const high = points.map(([x, , top]) => api.coord([x, top])).reverse();
      return { type: "polygon", shape: { points: [...low, ...high] }, style: { fill: color, opacity } };
    },
  };
}

function curveLine(method, points, extra) {
  const { color, dash, symbol } = look(method);
  return {
    type: "line", name: method, data: points, symbol, z: 3, symbolKeepAspect: true, showAllSymbol: true,
    symbolSize: value => marked.includes(value[0]) ? 8 : 0,
    lineStyle: { color, type: dash, width: 2 }, itemStyle: { color }, emphasis: { disabled: true }, ...extra,
  };
}

// The horizontal axis of a chart over percentiles; length is the number of rungs of the longest curve. It names the powers of ten, and p50,
// which lies between them.
function rungAxis(length) {
  const powers = Math.ceil(Math.log10(data.rungs[length - 1]) - 0.02);
  const customValues = [1, 2, ...Array.from({ length: powers }, (_, power) => 10 ** (power + 1))];
  return axis({
    type: "log", min: 1, max: 10 ** powers,
    axisLabel: { customValues, formatter: rung => rung <= 1 ? "shortest" : percentile(rung) },
  });
}

// The tooltip of a chart over percentiles. rows(index) are its lines at a rung.
const rungTooltip = rows => tooltip({
  trigger: "axis", axisPointer: { type: "line", lineStyle: { color: colour("muted") } },
  formatter: hits => {
    const index = data.rungs.indexOf(hits[0]?.value[0]);
    return index < 0 ? "" : tip(percentile(data.rungs[index]), rows(index));
  },
});

function percentileChart(fn) {
  return addChart(byId("percentiles"), fn, heading => {
    heading.textContent = `${fn}, ${state.payload}`;
    const shown = casesShown(fn, state.payload).filter(one => one.curve);
    return shown.length === 0 ? emptyChart("None of the chosen methods was measured with this payload.") : describePercentiles(shown);
  });
}

const rangeAt = (curve, rung) => ranged({ value: curve.mid[rung], low: curve.low[rung], high: curve.high[rung] });
const baseCurve = one => data.comparison?.cases[caseName(one)]?.curve;

function percentileText(one, rung) {
  if (rung >= one.curve.mid.length) return "fewer than 10 calls beyond";
  return one.floorNs > one.curve.mid[rung] ? `< ${duration(one.floorNs)}` : rangeAt(one.curve, rung);
}

// The lines of the tooltip at a rung, the slowest method first; each is followed by its base.
function percentileRows(shown, rung) {
  const known = shown.filter(one => rung < one.curve.mid.length);
  known.sort((one, other) => other.curve.mid[rung] - one.curve.mid[rung]);
  return known.flatMap(one => {
    const base = baseCurve(one);
    const row = { method: one.method, name: one.method, text: percentileText(one, rung) };
    return base && rung < base.mid.length ? [row, { name: "base", text: rangeAt(base, rung) }] : [row];
  });
}

const floored = (one, ns) => Math.max(ns, one.floorNs ?? 0);

// One scale for all functions, so that a reader can compare their charts.
function percentileScale() {
  const all = data.functions.flatMap(fn => casesShown(fn, state.payload)).filter(one => one.curve);
  return decades(all.flatMap(one => [one.curve, baseCurve(one)].filter(Boolean).flatMap(curve =>
    [...curve.low ?? curve.mid, ...curve.high ?? curve.mid].map(ns => floored(one, ns)))));
}

function describePercentiles(shown) {
  const line = (one, curve) => curve?.mid.map((ns, rung) => [data.rungs[rung], floored(one, ns)]);
  const lines = shown.map(one => line(one, one.curve));
  const bases = shown.map(one => line(one, baseCurve(one)));
  const bands = shown.map(one =>
    one.curve.low.map((ns, rung) => [data.rungs[rung], floored(one, ns), floored(one, one.curve.high[rung])]));
  const longest = Math.max(...lines.map(points => points.length));
  const named = markedIndexes(longest);
  const dotted = one => ({
    z: 2, symbol: "none", lineStyle: { color: look(one.method).color, type: "dotted", width: 1.5, opacity: 0.8 },
  });
  const p50s = shown.map(one => `${shortened(one.method)} p50 ${ranged(one.p50)}`);
  return {
    option: {
      xAxis: rungAxis(longest),
      yAxis: timeAxis([], percentileScale()),
      tooltip: rungTooltip(rung => percentileRows(shown, rung)),
      series: [
        ...lines.map((points, index) => curveLine(shown[index].method, points)),
        ...bands.map((points, index) => band(points, look(shown[index].method).color)),
        ...bases.flatMap((points, index) => points ? [curveLine(shown[index].method, points, dotted(shown[index]))] : []),
      ],
    },
    height: 320,
    summary: `Percentiles of ${count(shown.length, "method")}. ${p50s.join("; ")}.`,
    points: shown.flatMap((one, series) => named.filter(rung => rung < one.curve.mid.length).map(rung => ({
      series, index: rung, text: `${shortened(one.method)} ${percentile(data.rungs[rung])}: ${percentileText(one, rung)}`,
    }))),
    table: {
      head: ["method", ...named.map(rung => percentile(data.rungs[rung]))],
      rows: shown.map(one => [shortened(one.method, 80), ...named.map(rung => percentileText(one, rung))]),
    },
    notes: [saveButtons(shown)],
  };
}

// The first save unpacks all percentile files.
let distributions = null;

async function save(file) {
  distributions ??= await unpacked("distributions");
  const url = URL.createObjectURL(new Blob([distributions[file]], { type: "text/plain" }));
  make("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function saveButtons(shown) {
  if (byId("distributions").textContent.trim() === "") {
    return make("p", { class: "muted small" }, "No percentile files: the launches’ clocks differ.");
  }
  const button = ({ file }) =>
    make("button", { type: "button", class: "method", on: { click: () => save(file) } }, "⤓ ", shortened(file, 60));
  return make("details", { class: "save" },
    make("summary", {}, "Save a percentile file"),
    make("p", { class: "muted small" }, "HdrHistogram’s .hgrm, all launches together, in ms."),
    make("div", { class: "methods" }, shown.filter(one => one.file).map(button)));
}

function startPercentiles() {
  for (const fn of data.functions) percentileChart(fn);
}
