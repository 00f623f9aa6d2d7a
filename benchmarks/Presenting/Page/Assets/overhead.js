// A phone has no room for names beside the rows: there they stand within them.
const methodAxis = methods => axis({
  type: "category", data: methods, inverse: true, splitLine: { show: false },
  axisLabel: { show: !narrow(), width: 150, overflow: "truncate", color: colour("text"), interval: 0, hideOverlap: false, formatter: name => shortened(name) },
});

function overheadChart(payload) {
  return addChart(byId("overhead"), payload, heading => {
    heading.textContent = `${state.function}, ${payload}: ${state.quantile}`;
    const shown = methodsShown().map(method => caseOf(method.id, state.function, payload)).filter(one => one?.overhead);
    if (shown.length === 0) return { empty: "None of the chosen methods delegates with this payload.", points: [], table: { head: ["method"], rows: [] } };
    return describeOverhead(shown);
  });
}

// One scale for all payloads, so that their charts can be held against each other.
function overheadScale() {
  const all = methodsShown().flatMap(method => data.payloads.map(payload => caseOf(method.id, state.function, payload))).filter(one => one?.overhead);
  const values = all.flatMap(one => { const { value, low, high } = one.overhead[state.quantile]; return [value, low, high]; }).filter(value => value > 0);
  // A limit at the very edge would look like the frame.
  return decades([...values, ...all.map(one => 1.01 * one.limitsNs?.[state.quantile]).filter(limit => limit > 0)]);
}

function describeOverhead(shown) {
  const scale = overheadScale();
  const figures = shown.map(one => one.overhead[state.quantile]);
  const drawn = figure => figure.value !== undefined && figure.value > 0;
  const text = index => `${figures[index].value === undefined ? figures[index].why : ranged(figures[index])}${["viable", "none"].includes(shown[index].state) ? "" : ` (${shown[index].state})`}`;
  const limits = [...new Set(shown.map(one => one.limitsNs?.[state.quantile]).filter(Boolean))];
  const short = index => {
    const { value } = figures[index];
    const mark = { "not viable": "✕ ", "not known": "? ", "not warm": "≈ ", "failed": "! " }[shown[index].state] ?? "";
    const name = narrow() ? `${shortened(shown[index].method, 30)}  ` : "";
    return name + mark + (value === undefined ? shortened(figures[index].why ?? unknown, narrow() ? 22 : 40) : duration(value)) + (mark === "" || value === undefined ? "" : ` ${shown[index].state}`);
  };
  const bars = shown.map((one, index) => ({
    value: drawn(figures[index]) ? figures[index].value : "-",
    itemStyle: { color: look(one.method).color, opacity: one.state === "not warm" || one.state === "failed" ? 0.45 : 0.9, borderColor: look(one.method).color, borderType: one.state === "viable" || one.state === "none" ? "solid" : "dashed", borderWidth: 1 },
  }));
  return {
    option: {
      grid: { ...frame().grid, top: 24 },
      xAxis: timeAxis([], { min: scale.min, max: scale.max }),
      yAxis: methodAxis(shown.map(one => one.method)),
      tooltip: tooltip({ trigger: "item", formatter: ({ dataIndex }) => tip(shortened(caseName(shown[dataIndex]), 60), [
        ...["p50", "p95", "p99"].map(quantile => ({ name: `${quantile} overhead`, text: ranged(shown[dataIndex].overhead[quantile]) })),
        { name: "verdict", text: shown[dataIndex].state === "none" ? "in none" : shown[dataIndex].state },
        ...(shown[dataIndex].reason ? [{ name: shortened(shown[dataIndex].reason, 200), text: "" }] : []),
      ]) }),
      series: [
        { type: "bar", data: bars, barWidth: 12, z: 2, emphasis: { disabled: true }, markLine: limitLines(limits) },
        { type: "custom", silent: true, z: 4, data: shown.map((_, index) => [scale.min, index]), tooltip: { show: false }, renderItem: (params, api) => whisker(api, params.dataIndex, figures, short, scale, shown[params.dataIndex].state) },
      ],
    },
    height: 52 + shown.length * 40,
    summary: `Overhead at ${state.quantile}. ${shown.map((one, index) => `${shortened(one.method)} ${text(index)}`).join("; ")}. Limit ${limits.map(limit => duration(limit)).join(", ") || "none"}.`,
    points: shown.map((one, index) => ({ series: 0, index, text: `${shortened(one.method)}: ${text(index)}` })),
    table: { head: ["method", "overhead p50", "p95", "p99", "verdict"], rows: shown.map(one => [shortened(one.method, 80), ...["p50", "p95", "p99"].map(quantile => ranged(one.overhead[quantile])), one.state === "none" ? "in none" : one.state]) },
  };
}

const limitLines = limits => ({
  silent: true, symbol: "none", z: 3,
  lineStyle: { color: colour("bad"), type: "solid", width: 2 },
  label: { formatter: ({ value }) => `limit ${roundDuration(value)}`, color: colour("bad"), fontSize: 12, position: "start", distance: 4 },
  data: limits.map(limit => ({ xAxis: limit })),
});

// The launches' range across the bar, and the figure in words below it.
function whisker(api, index, figures, short, scale, stateName) {
  const kind = marks[stateName]?.[1];
  const emphasis = ["bad", "open", "cold"].includes(kind) || stateName === "failed" ? { fill: colour(kind === "lost" ? "text" : kind), fontWeight: "bold" } : { fill: colour("muted") };
  const { low, high, value } = figures[index];
  const [left, y] = api.coord([scale.min, index]);
  const children = [{ type: "text", style: { text: short(index), x: left + 3, y: y + 14, fontSize: 11, verticalAlign: "middle", ...emphasis } }];
  if (value > 0 && high > 0 && low !== undefined) {
    const from = api.coord([Math.max(low, scale.min), index])[0];
    const to = api.coord([high, index])[0];
    const style = { stroke: colour("text"), lineWidth: 1.5 };
    children.push(
      { type: "line", shape: { x1: from, y1: y, x2: to, y2: y }, style },
      { type: "line", shape: { x1: from, y1: y - 4, x2: from, y2: y + 4 }, style },
      { type: "line", shape: { x1: to, y1: y - 4, x2: to, y2: y + 4 }, style });
  }
  return { type: "group", children };
}

function startOverhead() {
  for (const payload of data.payloads) overheadChart(payload);
}
