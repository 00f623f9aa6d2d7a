const bytesOfKb = 1000;
const circled = index => index < 20 ? String.fromCodePoint(0x2460 + index) : `(${index + 1})`;

function costChart(fn) {
  return addChart(byId("cost"), fn, () => {
    const shown = methodsShown().map(method => ({
      method: method.id,
      cases: data.payloads.map(payload => caseOf(method.id, fn, payload)).filter(one => one?.p50.value > 0),
      model: data.models.find(model => model.method === method.id && model.function === fn),
    })).filter(one => one.cases.length > 0);
    if (shown.length === 0) return { empty: "None of the chosen methods was measured with this function.", points: [], table: { head: ["method"], rows: [] } };
    return describeCost(fn, shown);
  });
}

function fitted({ model, cases }) {
  if (model?.fixed.value === undefined) return [];
  const [from, to] = [Math.min(...cases.map(one => one.bytes)), Math.max(...cases.map(one => one.bytes))];
  const steps = 32;
  return Array.from({ length: steps + 1 }, (_, step) => from * (to / from) ** (step / steps)).map(size => [size, model.fixed.value + model.perKb.value * size / bytesOfKb]).filter(([, ns]) => ns > 0);
}

function describeCost(fn, shown) {
  const crossings = data.crossovers.filter(one => one.function === fn && state.methods.has(one.smaller) && state.methods.has(one.larger));
  const known = crossings.filter(one => one.atBytes.value !== undefined);
  const points = shown.flatMap(one => one.cases.map(each => ({ ...each, method: one.method })));
  const sizes = points.map(one => one.bytes);
  const line = ({ model }) => model?.fixed.value === undefined ? model?.note ?? "no line" : `${ranged(model.fixed)} + ${ranged(model.perKb)} a KB`;
  return {
    option: {
      grid: { ...frame().grid, top: 24, right: 24 },
      xAxis: axis({ type: "log", ...decades(sizes), axisLabel: { formatter: size => `${Number((size / unitOf(size, byteUnits)[0]).toPrecision(2))} ${unitOf(size, byteUnits)[1]}` } }),
      yAxis: timeAxis(points.flatMap(one => [one.p50.low ?? one.p50.value, one.p50.high ?? one.p50.value])),
      tooltip: tooltip({ trigger: "item", formatter: ({ seriesType, data: hit }) => seriesType !== "scatter" ? "" : tip(`${hit.one.payload}, ${bytes(hit.one.bytes)}`, [
        { method: hit.one.method, name: hit.one.method, text: ranged(hit.one.p50) }, { name: "line", text: shortened(line(shown.find(one => one.method === hit.one.method)), 90) },
      ]) }),
      series: [
        {
          type: "custom", silent: true, z: 2, data: points.map(one => [one.bytes, one.p50.value]), tooltip: { show: false },
          renderItem: (params, api) => range(api, points[params.dataIndex]),
        },
        ...shown.map(one => ({
          type: "scatter", name: one.method, z: 4, symbol: look(one.method).symbol, symbolSize: 9, itemStyle: { color: look(one.method).color, opacity: 1 },
          data: one.cases.map(each => ({ value: [each.bytes, each.p50.value], one: each })), emphasis: { disabled: true },
        })),
        ...shown.filter(one => one.model?.fixed.value !== undefined).map(one => ({
          type: "line", name: `${one.method} line`, z: 3, silent: true, symbol: "none", data: fitted(one), tooltip: { show: false },
          lineStyle: { color: look(one.method).color, type: look(one.method).dash, width: 2 },
        })),
        {
          type: "line", data: [], silent: true, markLine: {
            silent: true, symbol: "none", lineStyle: { color: colour("muted"), type: "dashed", width: 1 },
            label: { formatter: ({ name }) => name, color: colour("text"), fontSize: 14, position: "end" },
            data: known.map((one, index) => ({ xAxis: one.atBytes.value, name: circled(index) })),
          },
        },
      ],
    },
    height: 330,
    summary: shown.map(one => `${shortened(one.method)}: ${line(one)}`).join("; ") + ".",
    points: shown.flatMap((one, series) => one.cases.map((each, index) => ({ series: series + 1, index, text: `${shortened(one.method)} ${each.payload}: ${ranged(each.p50)}` }))),
    table: {
      head: ["method", ...data.payloads.map(payload => shortened(payload)), "line"],
      rows: shown.map(one => [shortened(one.method, 80), ...data.payloads.map(payload => { const each = one.cases.find(each => each.payload === payload); return each ? ranged(each.p50) : "–"; }), line(one)]),
    },
    notes: [...crossings.map(one => make("p", { class: "small" }, known.includes(one)
      ? `${circled(known.indexOf(one))} from ${ranged(one.atBytes, byteUnits)} on ${shortened(one.larger)} is faster than ${shortened(one.smaller)}`
      : `${shortened(one.larger)} may overtake ${shortened(one.smaller)}: ${one.atBytes.why}`)),
    ...shown.filter(one => one.model && one.model.fixed.value === undefined).map(one => make("p", { class: "small muted" }, `${shortened(one.method)}: ${shortened(one.model.note ?? "no line", 160)}`))],
  };
}

function range(api, one) {
  if (one.p50.low === undefined) return { type: "group", children: [] };
  const [x, from] = api.coord([one.bytes, one.p50.low]);
  const to = api.coord([one.bytes, one.p50.high])[1];
  return { type: "line", shape: { x1: x, y1: from, x2: x, y2: to }, style: { stroke: look(one.method).color, lineWidth: 1.5 } };
}

function startCost() {
  for (const fn of data.functions) costChart(fn);
}
