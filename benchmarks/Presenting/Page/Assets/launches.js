// Beyond a fifth either way a field has its full colour.
const fullColour = Math.log(1.2);

function mixed(from, to, share) {
  const parts = text => text.match(/[\d.]+/g).map(Number);
  const [one, other] = [parts(from), parts(to)];
  return `rgb(${[0, 1, 2].map(at => Math.round(one[at] + (other[at] - one[at]) * share)).join(",")})`;
}

function fieldColour(pass, one) {
  const off = Math.log(pass.p50 / one.p50.value);
  const share = Math.min(1, Math.abs(off) / fullColour);
  return Number.isFinite(off) ? mixed(colour("field"), colour(off > 0 ? "field-slow" : "field-fast"), share) : colour("field");
}

function launchStrip() {
  addChart(byId("launches"), "Passes", heading => {
    heading.textContent = `${state.function}, ${state.payload}: passes of each launch, in the order in which the launches ran`;
    const shown = methodsShown().map(method => caseOf(method.id, state.function, state.payload)).filter(one => one?.passes.length > 0);
    if (shown.length === 0) return { empty: "None of the chosen methods was measured with this function and payload.", points: [], table: { head: ["method"], rows: [] } };
    return describeStrip(shown);
  });
}

function describeStrip(shown) {
  const launches = data.launches.map(launch => launch.number);
  const fields = shown.flatMap((one, row) => one.passes.map(pass => ({ one, pass, value: [launches.indexOf(pass.launch), row] })));
  const nameOf = field => narrow() && field === fields.find(({ one }) => one === field.one) ? shortened(field.one.method, 44) : null;
  const says = ({ one, pass }) => [
    { method: one.method, name: "p50", text: duration(pass.p50, 4) },
    { name: "calls", text: pass.wallNs === undefined ? String(pass.calls) : `${pass.calls} in ${duration(pass.wallNs)}` },
    { name: "collections, gen 0 / 1 / 2", text: pass.collections ? `${pass.collections.join(" / ")}, paused ${duration(pass.pausedNs)}` : unknown },
    { name: "methods compiled", text: pass.compiled === undefined ? unknown : String(pass.compiled) },
  ];
  return {
    option: {
      grid: { ...frame().grid, top: 4 },
      xAxis: axis({ type: "category", data: launches.map(number => narrow() ? String(number) : `launch ${number}`), splitLine: { show: false } }),
      yAxis: methodAxis(shown.map(one => one.method)),
      tooltip: tooltip({ trigger: "item", formatter: ({ dataIndex }) => tip(shortened(`${caseName(fields[dataIndex].one)}, launch ${fields[dataIndex].pass.launch}`, 70), says(fields[dataIndex])) }),
      series: [{ type: "custom", data: fields.map(field => field.value), encode: { x: 0, y: 1 }, renderItem: (params, api) => drawnField(api, fields[params.dataIndex], nameOf(fields[params.dataIndex])) }],
    },
    height: 44 + shown.length * (narrow() ? 60 : 44),
    summary: `Each pass of ${count(shown.length, "case")} over ${`${launches.length} launches`}.`,
    points: fields.map((field, index) => ({ series: 0, index, text: `${shortened(field.one.method)}, launch ${field.pass.launch}: ${says(field).map(row => `${row.name} ${row.text}`).join(", ")}` })),
    table: { head: ["method", ...launches.map(number => `launch ${number}`)], rows: shown.map(one => [shortened(one.method, 80), ...launches.map(number => { const pass = one.passes.find(pass => pass.launch === number); return pass ? `${duration(pass.p50)}${passMarks(pass)}` : "–"; })]) },
  };
}

function passMarks(pass) {
  const full = pass.collections?.[2] ?? 0;
  return (full > 0 ? ` ◆${full}` : "") + (pass.compiled > 0 ? ` ▲${pass.compiled}` : "");
}

function drawnField(api, field, name) {
  const [width, height] = api.size([1, 1]);
  const [x, y] = api.coord(field.value);
  const small = width < 58;
  // Above a phone's fields stands the name.
  const top = y - height / 2 + (narrow() ? 20 : 1), bottom = y + height / 2 - 1, middle = (top + bottom) / 2;
  const marks = passMarks(field.pass).trim();
  const children = [{ type: "rect", shape: { x: x - width / 2 + 1, y: top, width: width - 2, height: bottom - top, r: 3 }, style: { fill: fieldColour(field.pass, field.one) } }];
  const line = (text, at, size, more) => children.push({ type: "text", silent: true, style: { text, x, y: at, fill: colour("text"), fontSize: size, align: "center", verticalAlign: "middle", ...more } });
  line(small ? duration(field.pass.p50).replace(" ", "") : duration(field.pass.p50), marks === "" ? middle : middle - 7, small ? 10 : 12);
  if (marks !== "") line(small ? marks.replace(" ", "") : marks, middle + 8, small ? 9 : 11);
  if (name !== null) line(name, y - height / 2 + 10, 12, { align: "left", x: api.coord([0, field.value[1]])[0] - width / 2 + 2 });
  return { type: "group", children };
}

function warmChart() {
  addChart(byId("warm"), "Warm-up", heading => {
    heading.textContent = `Warm-up in launch ${state.launch ?? "–"}`;
    const launch = data.launches.find(one => one.number === state.launch);
    const shown = (launch?.warmUps ?? []).filter(one => state.methods.has(one.method) && one.p50.some(ns => ns > 0));
    if (shown.length === 0) return { empty: "No warm-up of the chosen methods is known.", points: [], table: { head: ["method"], rows: [] } };
    shown.sort((one, other) => data.methods.findIndex(method => method.id === one.method) - data.methods.findIndex(method => method.id === other.method));
    return describeWarmUp(shown);
  });
}

function describeWarmUp(shown) {
  const end = one => `${one.steady ? "steady" : "not steady"} after ${significant(one.seconds[one.seconds.length - 1], 3)} s at ${duration(one.p50[one.p50.length - 1])}`;
  return {
    option: {
      grid: { ...frame().grid, bottom: 28 },
      xAxis: axis({ type: "value", min: 0, name: "seconds from the method’s first call", nameLocation: "middle", nameGap: 28 }),
      yAxis: timeAxis(shown.flatMap(one => one.p50)),
      tooltip: tooltip({ trigger: "item", formatter: ({ seriesIndex, value }) => tip(shortened(shown[seriesIndex].method, 60), [
        { method: shown[seriesIndex].method, name: `after ${significant(value[0], 3)} s`, text: duration(value[1], 4) }, { name: shortened(shown[seriesIndex].reason, 160), text: "" },
      ]) }),
      series: shown.map(one => ({
        type: "line", data: one.seconds.map((second, index) => [second, one.p50[index]]).filter(([, ns]) => ns > 0), symbol: look(one.method).symbol, symbolSize: 7, showAllSymbol: true,
        itemStyle: { color: look(one.method).color, opacity: one.steady ? 1 : 0.6 }, lineStyle: { color: look(one.method).color, width: 2, type: one.steady ? "solid" : [3, 5] }, emphasis: { disabled: true },
      })),
    },
    height: 320,
    summary: shown.map(one => `${shortened(one.method)} ${end(one)}`).join("; ") + ".",
    points: shown.flatMap((one, series) => one.seconds.map((second, index) => ({ series, index, text: `${shortened(one.method)} after ${significant(second, 3)} s: ${duration(one.p50[index])}` }))),
    table: { head: ["method", "outcome", "what was seen"], rows: shown.map(one => [shortened(one.method, 80), end(one), one.reason]) },
    notes: shown.filter(one => !one.steady).map(one => make("p", { class: "small" }, chip("not warm"), ` ${shortened(one.method)}: ${shortened(one.reason, 200)}`)),
  };
}

function startLaunches() {
  launchStrip();
  warmChart();
}
