// An axis with the names of methods. A narrow screen has no room for them beside the rows: there the rows show the names.
const methodAxis = methods => axis({
  type: "category", data: methods, inverse: true, splitLine: { show: false },
  axisLabel: {
    show: !narrow(), width: 150, overflow: "truncate", color: colour("text"), interval: 0, hideOverlap: false,
    formatter: name => shortened(name),
  },
});

const delegating = payload => casesShown(state.function, payload).filter(one => one.overhead);
const verdictText = one => one.state === "none" ? "in none" : one.state;

function overheadChart(payload) {
  return addChart(byId("overhead"), payload, heading => {
    heading.textContent = `${state.function}, ${payload}: ${state.quantile}`;
    const shown = delegating(payload);
    return shown.length === 0 ? emptyChart("None of the chosen methods delegates with this payload.") : describeOverhead(shown);
  });
}

// One scale for all payloads, so that a reader can compare their charts.
function overheadScale() {
  const all = data.payloads.flatMap(delegating);
  const values = all.map(one => one.overhead[state.quantile]).flatMap(({ value, low, high }) => [value, low, high]);
  // 1 % more than the limit: a limit at the very edge would look like the frame.
  const limits = all.map(one => 1.01 * one.limitsNs?.[state.quantile]);
  return decades([...values, ...limits].filter(value => value > 0));
}

// The text below a dot: the figure, the state where it is not viable, and the method's name on a narrow screen.
function barText(one, { value, why }) {
  const mark = { "not viable": "✕ ", "not known": "? ", "not warm": "≈ ", "failed": "! " }[one.state] ?? "";
  const name = narrow() ? `${shortened(one.method, 30)}  ` : "";
  if (value === undefined) return name + mark + shortened(why ?? unknown, narrow() ? 22 : 40);
  return name + mark + duration(value) + (mark === "" ? "" : ` ${one.state}`);
}

// A dot, because the axis is logarithmic: the length of a bar would depend on where the axis begins.
function dot(one, { value }, index) {
  const { color, symbol } = look(one.method);
  return {
    value: [value !== undefined && value > 0 ? value : "-", index],
    symbol,
    itemStyle: { color, opacity: one.state === "not warm" || one.state === "failed" ? 0.45 : 1 },
  };
}

const overheadTip = one => tip(shortened(caseName(one), 60), [
  ...data.quantiles.map(({ name }) => ({ name: `${name} overhead`, text: ranged(one.overhead[name]) })),
  { name: "verdict", text: verdictText(one) },
  ...(one.reason ? [{ name: shortened(one.reason, 200), text: "" }] : []),
]);

function describeOverhead(shown) {
  const scale = overheadScale();
  const figures = shown.map(one => one.overhead[state.quantile]);
  const text = index => {
    const figure = figures[index].value === undefined ? figures[index].why : ranged(figures[index]);
    return `${figure}${["viable", "none"].includes(shown[index].state) ? "" : ` (${shown[index].state})`}`;
  };
  const limits = [...new Set(shown.map(one => one.limitsNs?.[state.quantile]).filter(Boolean))];
  const limitText = limits.map(limit => duration(limit)).join(", ") || "none";
  const texts = shown.map((one, index) => `${shortened(one.method)} ${text(index)}`);
  return {
    option: {
      grid: { ...frame().grid, top: 24 },
      xAxis: timeAxis([], { min: scale.min, max: scale.max }),
      yAxis: methodAxis(shown.map(one => one.method)),
      tooltip: tooltip({ trigger: "item", formatter: ({ dataIndex }) => overheadTip(shown[dataIndex]) }),
      series: [
        {
          type: "scatter", data: shown.map((one, index) => dot(one, figures[index], index)), symbolSize: 11, z: 5,
          emphasis: { disabled: true }, markLine: limitLines(limits),
        },
        {
          type: "custom", silent: true, z: 4, data: shown.map((_, index) => [scale.min, index]), tooltip: { show: false },
          renderItem: (params, api) => whisker(api, params.dataIndex, shown[params.dataIndex], figures[params.dataIndex], scale),
        },
      ],
    },
    height: 52 + shown.length * 40,
    summary: `Overhead at ${state.quantile}. ${texts.join("; ")}. Limit ${limitText}.`,
    points: shown.map((one, index) => ({ series: 0, index, text: `${shortened(one.method)}: ${text(index)}` })),
    table: {
      head: ["method", ...data.quantiles.map(({ name }, index) => index === 0 ? `overhead ${name}` : name), "verdict"],
      rows: shown.map(one =>
        [shortened(one.method, 80), ...data.quantiles.map(({ name }) => ranged(one.overhead[name])), verdictText(one)]),
    },
  };
}

const limitLines = limits => ({
  silent: true, symbol: "none", z: 3,
  lineStyle: { color: colour("bad"), type: "solid", width: 2 },
  label: { formatter: ({ value }) => `limit ${roundDuration(value)}`, color: colour("bad"), fontSize: 12, position: "start", distance: 4 },
  data: limits.map(limit => ({ xAxis: limit })),
});

// Draws the launches' range through a dot, and the dot's text below it.
function whisker(api, row, one, figure, scale) {
  const kind = marks[one.state]?.[1];
  const emphasis = ["bad", "open", "cold", "lost"].includes(kind)
    ? { fill: colour(kind === "lost" ? "text" : kind), fontWeight: "bold" }
    : { fill: colour("muted") };
  const { low, high, value } = figure;
  const [left, y] = api.coord([scale.min, row]);
  const text = { text: barText(one, figure), x: left + 3, y: y + 14, fontSize: 11, verticalAlign: "middle", ...emphasis };
  const children = [{ type: "text", style: text }];
  if (value > 0 && high > 0 && low !== undefined) {
    const from = api.coord([Math.max(low, scale.min), row])[0];
    const to = api.coord([high, row])[0];
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
