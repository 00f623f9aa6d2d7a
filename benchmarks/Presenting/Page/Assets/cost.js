const bytesOfKb = 1000;
const circled = index => index < 20 ? String.fromCodePoint(0x2460 + index) : `(${index + 1})`;

function costChart(fn) {
  return addChart(byId("cost"), fn, () => {
    const shown = methodsShown().map(method => ({
      method: method.id,
      cases: data.payloads.map(payload => caseOf(method.id, fn, payload)).filter(one => one?.p50.value > 0),
      model: data.models.find(model => model.method === method.id && model.function === fn),
    })).filter(one => one.cases.length > 0);
    return shown.length === 0 ? emptyChart("None of the chosen methods was measured with this function.") : describeCost(fn, shown);
  });
}

// One scale for all functions, so that a reader can compare their charts.
function costScale() {
  const all = data.cases.filter(one => state.methods.has(one.method) && one.p50.value > 0);
  return decades(all.flatMap(({ p50 }) => [p50.low ?? p50.value, p50.high ?? p50.value]));
}

const hasLine = ({ model }) => model?.fixed.value !== undefined;

function fitted({ model, cases }) {
  const sizes = cases.map(one => one.bytes);
  const [from, to] = [Math.min(...sizes), Math.max(...sizes)];
  const steps = 32;
  return Array.from({ length: steps + 1 }, (_, step) => from * (to / from) ** (step / steps))
    .map(size => [size, model.fixed.value + model.perKb.value * size / bytesOfKb])
    .filter(([, ns]) => ns > 0);
}

function lineText(one) {
  return hasLine(one) ? `${ranged(one.model.fixed)} + ${ranged(one.model.perKb)} a KB` : one.model?.note ?? "no line";
}

function costSeries(shown, crossovers) {
  const points = shown.flatMap(one => one.cases);
  return [
    {
      type: "custom", silent: true, z: 2, data: points.map(one => [one.bytes, one.p50.value]), tooltip: { show: false },
      renderItem: (params, api) => range(api, points[params.dataIndex]),
    },
    ...shown.map(one => ({
      type: "scatter", name: one.method, z: 4, symbol: look(one.method).symbol, symbolSize: 9,
      itemStyle: { color: look(one.method).color, opacity: 1 }, emphasis: { disabled: true },
      data: one.cases.map(each => ({ value: [each.bytes, each.p50.value], one: each })),
    })),
    ...shown.filter(hasLine).map(one => ({
      type: "line", name: `${one.method} line`, z: 3, silent: true, symbol: "none", data: fitted(one), tooltip: { show: false },
      lineStyle: { color: look(one.method).color, type: look(one.method).dash, width: 2 },
    })),
    {
      type: "line", data: [], silent: true, markLine: {
        silent: true, symbol: "none", lineStyle: { color: colour("muted"), type: "dashed", width: 1 },
        label: { formatter: ({ name }) => name, color: colour("text"), fontSize: 14, position: "end" },
        data: crossovers.map((one, index) => ({ xAxis: one.atBytes.value, name: circled(index) })),
      },
    },
  ];
}

function describeCost(fn, shown) {
  const crossings = data.crossovers.filter(one =>
    one.function === fn && state.methods.has(one.smaller) && state.methods.has(one.larger));
  const known = crossings.filter(one => one.atBytes.value !== undefined);
  const points = shown.flatMap(one => one.cases);
  const costAt = (one, payload) => {
    const each = one.cases.find(each => each.payload === payload);
    return each ? ranged(each.p50) : "–";
  };
  const crossing = one => known.includes(one)
    ? `${circled(known.indexOf(one))} from ${ranged(one.atBytes, byteUnits)} on `
      + `${shortened(one.larger)} is faster than ${shortened(one.smaller)}`
    : `${shortened(one.larger)} may overtake ${shortened(one.smaller)}: ${one.atBytes.why}`;
  const withoutLine = shown.filter(one => one.model && !hasLine(one));
  return {
    option: {
      grid: { ...frame().grid, top: 24, right: 24 },
      xAxis: axis({ type: "log", ...decades(points.map(one => one.bytes)), axisLabel: { formatter: roundBytes } }),
      yAxis: timeAxis([], costScale()),
      tooltip: tooltip({
        trigger: "item", formatter: ({ seriesType, data: hit }) => seriesType === "scatter" ? costTip(hit.one, shown) : "",
      }),
      series: costSeries(shown, known),
    },
    height: 330,
    summary: shown.map(one => `${shortened(one.method)}: ${lineText(one)}`).join("; ") + ".",
    points: shown.flatMap((one, series) => one.cases.map((each, index) => ({
      series: series + 1, index, text: `${shortened(one.method)} ${each.payload}: ${ranged(each.p50)}`,
    }))),
    table: {
      head: ["method", ...data.payloads.map(payload => shortened(payload)), "line"],
      rows: shown.map(one => [shortened(one.method, 80), ...data.payloads.map(payload => costAt(one, payload)), lineText(one)]),
    },
    notes: [
      ...crossings.map(one => make("p", { class: "small" }, crossing(one))),
      ...withoutLine.map(one => make("p", { class: "small muted" }, `${shortened(one.method)}: ${shortened(lineText(one), 160)}`)),
    ],
  };
}

const costTip = (one, shown) => tip(`${one.payload}, ${bytes(one.bytes)}`, [
  { method: one.method, name: one.method, text: ranged(one.p50) },
  { name: "line", text: shortened(lineText(shown.find(each => each.method === one.method)), 90) },
]);

function range(api, one) {
  if (one.p50.low === undefined) return { type: "group", children: [] };
  const [x, from] = api.coord([one.bytes, one.p50.low]);
  const to = api.coord([one.bytes, one.p50.high])[1];
  return { type: "line", shape: { x1: x, y1: from, x2: x, y2: to }, style: { stroke: look(one.method).color, lineWidth: 1.5 } };
}

function startCost() {
  for (const fn of data.functions) costChart(fn);
}
