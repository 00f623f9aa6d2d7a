// A field has its full colour where one of the pass's p50 and the launches' median is at least 1.2 times the other.
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
    const shown = casesShown(state.function, state.payload).filter(one => one.passes.length > 0);
    return shown.length === 0
      ? emptyChart("None of the chosen methods was measured with this function and payload.")
      : describeStrip(shown);
  });
}

function passRows({ one, pass }) {
  const paused = pass.collections && `${pass.collections.join(" / ")}, paused ${duration(pass.pausedNs)}`;
  return [
    { method: one.method, name: "p50", text: duration(pass.p50, 4) },
    { name: "calls", text: pass.wallNs === undefined ? String(pass.calls) : `${pass.calls} in ${duration(pass.wallNs)}` },
    { name: "collections, gen 0 / 1 / 2", text: paused ?? unknown },
    { name: "methods compiled", text: pass.compiled === undefined ? unknown : String(pass.compiled) },
  ];
}

function describeStrip(shown) {
  const launches = data.launches.map(launch => launch.number);
  const fields = shown.flatMap((one, row) => one.passes.map(pass => ({ one, pass, value: [launches.indexOf(pass.launch), row] })));
  const isFirst = field => field === fields.find(({ one }) => one === field.one);
  const nameOf = field => narrow() && isFirst(field) ? shortened(field.one.method, 44) : null;
  const fieldText = field =>
    `${shortened(field.one.method)}, launch ${field.pass.launch}: ${passRows(field).map(row => `${row.name} ${row.text}`).join(", ")}`;
  const fieldTip = field => tip(shortened(`${caseName(field.one)}, launch ${field.pass.launch}`, 70), passRows(field));
  const cellText = (one, number) => {
    const pass = one.passes.find(pass => pass.launch === number);
    return pass ? `${duration(pass.p50)}${passMarks(pass)}` : "–";
  };
  return {
    option: {
      grid: { ...frame().grid, top: 4 },
      xAxis: axis({
        type: "category", data: launches.map(number => narrow() ? String(number) : `launch ${number}`), splitLine: { show: false },
      }),
      yAxis: methodAxis(shown.map(one => one.method)),
      tooltip: tooltip({ trigger: "item", formatter: ({ dataIndex }) => fieldTip(fields[dataIndex]) }),
      series: [{
        type: "custom", data: fields.map(field => field.value), encode: { x: 0, y: 1 },
        renderItem: (params, api) => drawnField(api, fields[params.dataIndex], nameOf(fields[params.dataIndex])),
      }],
    },
    height: 44 + shown.length * (narrow() ? 60 : 44),
    summary: `Each pass of ${count(shown.length, "case")} over ${`${launches.length} launches`}.`,
    points: fields.map((field, index) => ({ series: 0, index, text: fieldText(field) })),
    table: {
      head: ["method", ...launches.map(number => `launch ${number}`)],
      rows: shown.map(one => [shortened(one.method, 80), ...launches.map(number => cellText(one, number))]),
    },
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
  // A narrow screen shows the method's name above its fields, in 20 px.
  const top = y - height / 2 + (narrow() ? 20 : 1), bottom = y + height / 2 - 1, middle = (top + bottom) / 2;
  const marks = passMarks(field.pass).trim();
  const children = [{
    type: "rect", shape: { x: x - width / 2 + 1, y: top, width: width - 2, height: bottom - top, r: 3 },
    style: { fill: fieldColour(field.pass, field.one) },
  }];
  const line = (text, at, size, more) => children.push({
    type: "text", silent: true,
    style: { text, x, y: at, fill: colour("text"), fontSize: size, align: "center", verticalAlign: "middle", ...more },
  });
  const time = duration(field.pass.p50);
  line(small ? time.replace(" ", "") : time, marks === "" ? middle : middle - 7, small ? 10 : 12);
  if (marks !== "") line(small ? marks.replace(" ", "") : marks, middle + 8, small ? 9 : 11);
  if (name !== null) line(name, y - height / 2 + 10, 12, { align: "left", x: api.coord([0, field.value[1]])[0] - width / 2 + 2 });
  return { type: "group", children };
}

function warmChart() {
  addChart(byId("warm"), "Warm-up", heading => {
    heading.textContent = `Warm-up in launch ${state.launch ?? "–"}`;
    const launch = data.launches.find(one => one.number === state.launch);
    const shown = (launch?.warmUps ?? []).filter(one => state.methods.has(one.method) && one.p50.some(ns => ns > 0));
    if (shown.length === 0) return emptyChart("No warm-up of the chosen methods is known.");
    const order = one => data.methods.findIndex(method => method.id === one.method);
    shown.sort((one, other) => order(one) - order(other));
    return describeWarmUp(shown);
  });
}

function warmUpLine(one) {
  const { color, symbol } = look(one.method);
  return {
    type: "line", data: one.seconds.map((second, index) => [second, one.p50[index]]).filter(([, ns]) => ns > 0),
    symbol, symbolSize: 7, showAllSymbol: true, itemStyle: { color, opacity: one.steady ? 1 : 0.6 },
    lineStyle: { color, width: 2, type: one.steady ? "solid" : [3, 5] }, emphasis: { disabled: true },
  };
}

function describeWarmUp(shown) {
  const after = seconds => `after ${significant(seconds, 3)} s`;
  const end = one =>
    `${one.steady ? "steady" : "not steady"} ${after(one.seconds[one.seconds.length - 1])} at ${duration(one.p50[one.p50.length - 1])}`;
  const pointTip = (one, [seconds, ns]) => tip(shortened(one.method, 60), [
    { method: one.method, name: after(seconds), text: duration(ns, 4) }, { name: shortened(one.reason, 160), text: "" },
  ]);
  const note = one =>
    make("p", { class: "small" }, chip("not warm"), ` ${shortened(one.method)}: ${shortened(one.reason, 200)}`);
  return {
    option: {
      grid: { ...frame().grid, bottom: 28 },
      xAxis: axis({ type: "value", min: 0, name: "seconds from the method’s first call", nameLocation: "middle", nameGap: 28 }),
      yAxis: timeAxis(shown.flatMap(one => one.p50)),
      tooltip: tooltip({ trigger: "item", formatter: ({ seriesIndex, value }) => pointTip(shown[seriesIndex], value) }),
      series: shown.map(warmUpLine),
    },
    height: 320,
    summary: shown.map(one => `${shortened(one.method)} ${end(one)}`).join("; ") + ".",
    points: shown.flatMap((one, series) => one.seconds.map((second, index) => ({
      series, index, text: `${shortened(one.method)} ${after(second)}: ${duration(one.p50[index])}`,
    }))),
    table: {
      head: ["method", "outcome", "cases", "what was seen"],
      rows: shown.map(one => [shortened(one.method, 80), end(one), one.courses || unknown, one.reason]),
    },
    notes: shown.filter(one => !one.steady).map(note),
  };
}

function startLaunches() {
  launchStrip();
  warmChart();
}
