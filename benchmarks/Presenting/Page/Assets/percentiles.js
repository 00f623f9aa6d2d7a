const marked = [2, 20, 100, 1000];

// A band is one shape over all points of its line.
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

function percentileChart(fn) {
  return addChart(byId("percentiles"), fn, heading => {
    heading.textContent = `${fn}, ${state.payload}`;
    const shown = methodsShown().map(method => caseOf(method.id, fn, state.payload)).filter(one => one?.curve);
    if (shown.length === 0) return { empty: "None of the chosen methods was measured with this payload.", points: [], table: { head: ["method"], rows: [] } };
    return describePercentiles(shown);
  });
}

function describePercentiles(shown) {
  const floored = (one, ns) => Math.max(ns, one.floorNs ?? 0);
  const lines = shown.map(one => one.curve.mid.map((ns, rung) => [data.rungs[rung], floored(one, ns)]));
  const bands = shown.map(one => one.curve.low.map((ns, rung) => [data.rungs[rung], floored(one, ns), floored(one, one.curve.high[rung])]));
  const bases = shown.map(one => data.comparison?.cases[caseName(one)]?.curve).map((curve, index) => curve?.mid.map((ns, rung) => [data.rungs[rung], floored(shown[index], ns)]));
  const values = [...bands.flat().flatMap(([, low, high]) => [low, high]), ...bases.flat().filter(Boolean).map(([, ns]) => ns)];
  const longest = Math.max(...lines.map(line => line.length));
  const text = (one, rung) => {
    if (rung >= one.curve.mid.length) return "fewer than 10 calls beyond";
    if (one.floorNs > one.curve.mid[rung]) return `< ${duration(one.floorNs)}`;
    return ranged({ value: one.curve.mid[rung], low: one.curve.low[rung], high: one.curve.high[rung] });
  };
  const rows = rung => [...shown].filter(one => rung < one.curve.mid.length).sort((one, other) => other.curve.mid[rung] - one.curve.mid[rung])
    .flatMap(one => [{ method: one.method, name: one.method, text: text(one, rung) }, ...baseRow(one, rung)]);
  const named = marked.map(rung => data.rungs.indexOf(rung)).filter(rung => rung >= 0 && rung < longest);
  return {
    option: {
      xAxis: axis({ type: "log", min: 1, max: 10 ** Math.ceil(Math.log10(data.rungs[longest - 1]) - 0.02), axisLabel: { formatter: rung => rung <= 1 ? "shortest" : percentile(rung) } }),
      yAxis: timeAxis(values),
      tooltip: tooltip({ trigger: "axis", axisPointer: { type: "line", lineStyle: { color: colour("muted") } }, formatter: hits => {
        const rung = data.rungs.indexOf(hits[0]?.value[0]);
        return rung < 0 ? "" : tip(percentile(data.rungs[rung]), rows(rung));
      } }),
      series: [
        ...lines.map((line, index) => curveLine(shown[index].method, line)),
        ...bands.map((points, index) => band(points, look(shown[index].method).color)),
        ...bases.flatMap((line, index) => line ? [curveLine(shown[index].method, line, { z: 2, symbol: "none", lineStyle: { color: look(shown[index].method).color, type: "dotted", width: 1.5, opacity: 0.8 } })] : []),
      ],
    },
    height: 320,
    summary: `Percentiles of ${count(shown.length, "method")}. ${shown.map(one => `${shortened(one.method)} p50 ${ranged(one.p50)}`).join("; ")}.`,
    points: shown.flatMap((one, series) => named.filter(rung => rung < one.curve.mid.length).map(rung => ({ series, index: rung, text: `${shortened(one.method)} ${percentile(data.rungs[rung])}: ${text(one, rung)}` }))),
    table: {
      head: ["method", ...named.map(rung => percentile(data.rungs[rung]))],
      rows: shown.map(one => [shortened(one.method, 80), ...named.map(rung => text(one, rung))]),
    },
    notes: [saveButtons(shown)],
  };
}

function baseRow(one, rung) {
  const curve = data.comparison?.cases[caseName(one)]?.curve;
  return curve && rung < curve.mid.length ? [{ name: "base", text: ranged({ value: curve.mid[rung], low: curve.low[rung], high: curve.high[rung] }) }] : [];
}

// The files stand in the page compressed; they are unpacked when one is asked for.
let distributions = null;
async function unpacked() {
  const packed = Uint8Array.from(atob(byId("distributions").textContent.trim()), letter => letter.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
}

async function save(file) {
  distributions ??= await unpacked();
  const url = URL.createObjectURL(new Blob([distributions[file]], { type: "text/plain" }));
  make("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function saveButtons(shown) {
  if (byId("distributions").textContent.trim() === "") return make("p", { class: "muted small" }, "No percentile files: the launches’ clocks differ.");
  return make("details", { class: "save" }, make("summary", {}, "Save a percentile file"), make("p", { class: "muted small" }, "HdrHistogram’s .hgrm, all launches together, in ms."),
    make("div", { class: "methods" }, shown.filter(one => one.file).map(one =>
      make("button", { type: "button", class: "method", on: { click: () => save(one.file) } }, "⤓ ", shortened(one.file, 60)))));
}

function startPercentiles() {
  for (const fn of data.functions) percentileChart(fn);
}
