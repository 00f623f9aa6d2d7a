const changes = {
  slower: "Something became slower", faster: "Nothing slower, something faster", same: "Nothing changed",
  failed: "Something failed", [unknown]: "Not known: these runs do not decide it",
};

function comparisonCard(comparison) {
  const [mark, kind] = marks[comparison.state] ?? ["?", "open"];
  const sides = `${comparison.current} against ${comparison.base}. In the charts below the base is dotted.`;
  return make("div", { class: `card verdict ${kind}` },
    make("div", { class: "verdict-head" },
      symbolOf(mark, { class: `badge ${kind}` }),
      make("div", {},
        make("p", { class: "pick" }, changes[comparison.state] ?? changes[unknown]), make("p", { class: "muted" }, sides))),
    make("p", {}, shortened(comparison.verdict, 600)),
    comparison.warnings.length === 0 ? null : make("details", {},
      make("summary", {}, count(comparison.warnings.length, "remark")),
      make("ul", {}, comparison.warnings.map(line => make("li", {}, line)))));
}

function startComparison() {
  const { comparison } = data;
  if (!comparison) return;
  byId("comparison").hidden = false;
  // The page was opened for the comparison, so it comes first.
  byId("answer").before(byId("comparison"));
  const plots = make("div", { class: "panels" });
  byId("comparison-body").append(...[
    comparisonCard(comparison),
    make("p", {}, "How much longer each percentile takes now, launch against launch: the line is the median, the band the range. "
      + "Large marks stand where a change was called one, ▲ slower and ▼ faster."),
    plots,
    comparison.table ? dataTable(comparison.table) : null,
  ].filter(Boolean));
  for (const fn of data.functions) shiftChart(plots, fn);
}

function shiftChart(host, fn) {
  addChart(host, fn, heading => {
    heading.textContent = `${fn}, ${state.payload}: shift`;
    const shown = casesShown(fn, state.payload)
      .map(one => ({ one, shift: data.comparison.cases[caseName(one)]?.shift }))
      .filter(each => each.shift);
    return shown.length === 0 ? emptyChart("Both runs have none of the chosen methods with this payload.") : describeShift(shown);
  });
}

const asPercent = ratio => 100 * (ratio - 1);
const shiftText = (shift, rung) => `${percent(shift.mid[rung])} [${percent(shift.low[rung])} – ${percent(shift.high[rung])}]`;

// The large marks on a case's curve: one for each quantile whose change the comparison flagged.
function flagMarks({ one, shift }) {
  return data.quantiles
    .map(({ name, rung }) => ({
      name, index: data.rungs.indexOf(rung), judgement: data.comparison.flags[`${caseName(one)} ${name}`],
    }))
    .filter(flag => flag.judgement && flag.index >= 0 && flag.index < shift.mid.length)
    .map(({ name, index, judgement }) => ({
      value: [data.rungs[index], asPercent(shift.mid[index])], name: `${one.method} ${name} ${judgement}`,
      symbol: "triangle", symbolRotate: judgement === "slower" ? 0 : 180,
      itemStyle: { color: colour(judgement === "slower" ? "bad" : "good") },
    }));
}

// The vertical axis covers the lines, not the bands: noise in a band would press the lines together.
function shiftAxis(shown) {
  const middle = shown.flatMap(({ shift }) => shift.mid.map(asPercent));
  const [least, greatest] = [Math.min(0, ...middle), Math.max(0, ...middle)];
  const margin = Math.max(5, 0.25 * (greatest - least));
  return axis({
    type: "value", min: Math.floor((least - margin) / 5) * 5, max: Math.ceil((greatest + margin) / 5) * 5,
    axisLabel: {
      showMinLabel: false, showMaxLabel: false,
      formatter: value => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)} %`,
    },
  });
}

function describeShift(shown) {
  const longest = Math.max(...shown.map(each => each.shift.mid.length));
  const named = markedIndexes(longest);
  const rows = rung => shown.filter(({ shift }) => rung < shift.mid.length)
    .map(({ one, shift }) => ({ method: one.method, name: one.method, text: shiftText(shift, rung) }));
  const bandPoints = shift =>
    shift.mid.map((_, rung) => [data.rungs[rung], asPercent(shift.low[rung]), asPercent(shift.high[rung])]);
  const firstNamed = shift => Math.min(named[0] ?? 0, shift.mid.length - 1);
  const texts = shown.map(({ one, shift }) => `${shortened(one.method)} p50 ${shiftText(shift, firstNamed(shift))}`);
  return {
    option: {
      xAxis: rungAxis(longest),
      yAxis: shiftAxis(shown),
      tooltip: rungTooltip(rows),
      series: [
        ...shown.map(({ one, shift }) =>
          curveLine(one.method, shift.mid.map((ratio, rung) => [data.rungs[rung], asPercent(ratio)]))),
        ...shown.map(({ one, shift }) => band(bandPoints(shift), look(one.method).color, 0.08)),
        {
          type: "scatter", data: shown.flatMap(flagMarks), symbolSize: 16, z: 6, silent: true, tooltip: { show: false },
          markLine: {
            silent: true, symbol: "none", label: { show: false },
            lineStyle: { color: colour("text"), type: "solid", width: 1 }, data: [{ yAxis: 0 }],
          },
        },
      ],
    },
    summary: `Shift of ${count(shown.length, "method")}. ${texts.join("; ")}.`,
    points: shown.flatMap(({ one, shift }, series) => named.filter(rung => rung < shift.mid.length).map(rung => ({
      series, index: rung, text: `${shortened(one.method)} ${percentile(data.rungs[rung])}: ${shiftText(shift, rung)}`,
    }))),
    table: {
      head: ["method", ...named.map(rung => percentile(data.rungs[rung]))],
      rows: shown.map(({ one, shift }) =>
        [shortened(one.method, 80), ...named.map(rung => rung < shift.mid.length ? shiftText(shift, rung) : "–")]),
    },
  };
}

function startHistory() {
  const { history } = data;
  if (!history) return;
  byId("history").hidden = false;
  const names = [...new Set(history.runs.flatMap(run => Object.keys(run.cases)))];
  let chosen = names.find(name => name === "service-binding/echo/1KB") ?? names[0];
  const pick = event => { chosen = event.target.value; chart.refresh(); };
  const picker = make("select", { "aria-label": "Case", on: { change: pick } },
    names.map(name => make("option", { value: name, selected: name === chosen }, shortened(name, 60))));
  const plots = make("div", { class: "panels wide" });
  byId("history-body").append(
    make("p", {}, `${count(history.runs.length, "run")} on ${history.machine}. Figures of two machines or payload kinds are no history.`),
    make("div", { class: "local" }, make("label", { class: "choice" }, make("span", { class: "choice-label" }, "Case"), picker)),
    plots,
    ...history.leftOut.map(line => make("p", { class: "muted small" }, `left out, another machine or payload kind: ${line}`)));
  const chart = addChart(plots, "History", heading => {
    heading.textContent = `${shortened(chosen ?? "–", 80)} over runs`;
    return describeHistory(history, chosen);
  });
}

// The look of each quantile in the history.
const quantileLooks = data.quantiles.map(({ name }, at) => ({
  name, at, color: palette[at % palette.length], symbol: symbols[at % symbols.length],
  dash: ["solid", "dashed", "dotted"][at % 3],
}));

function historySeries(figures) {
  return [
    ...quantileLooks.map(({ name, symbol, dash, at, color }) => ({
      type: "line", name, symbol, symbolSize: 9, showAllSymbol: true, data: figures.map(each => each?.[at].value ?? null),
      lineStyle: { type: dash, width: 2, color }, itemStyle: { color }, emphasis: { disabled: true },
    })),
    ...quantileLooks.map(({ at, color }) => ({
      type: "custom", silent: true, tooltip: { show: false }, data: figures.map((each, run) => [run, each?.[at].value ?? null]),
      renderItem: (params, api) => historyRange(api, params.dataIndex, figures[params.dataIndex]?.[at], color),
    })),
  ];
}

function describeHistory(history, chosen) {
  const figures = history.runs.map(run => run.cases[chosen]);
  const values = figures.flatMap(each => each ?? [])
    .flatMap(figure => [figure.value, figure.low, figure.high])
    .filter(value => value > 0);
  if (values.length === 0) return emptyChart("Nothing is known of this case.", "run");
  const text = (run, { at }) => figures[run]?.[at] ? ranged(figures[run][at]) : unknown;
  const runTip = run => tip(history.runs[run].name, quantileLooks.map(quantile => ({ name: quantile.name, text: text(run, quantile) })));
  const [first] = quantileLooks;
  return {
    option: {
      legend: { data: quantileLooks.map(({ name }) => name), textStyle: { color: colour("text") }, top: 0, selectedMode: false },
      grid: { ...frame().grid, top: 40 },
      xAxis: axis({ type: "category", data: history.runs.map(run => run.date), splitLine: { show: false } }),
      yAxis: timeAxis(values),
      tooltip: tooltip({ trigger: "axis", formatter: hits => runTip(hits[0].dataIndex) }),
      series: historySeries(figures),
    },
    height: 340,
    summary: `${count(history.runs.length, "run")} of ${shortened(chosen, 80)}.`,
    points: history.runs
      .map((run, index) => ({ series: 0, index, text: `${run.name}: ${first.name} ${text(index, first)}` }))
      .filter(({ index }) => figures[index]),
    table: {
      head: ["run", ...quantileLooks.map(({ name }) => name)],
      rows: history.runs.map((run, index) => [run.name, ...quantileLooks.map(quantile => text(index, quantile))]),
    },
  };
}

function historyRange(api, run, figure, color) {
  if (figure?.low === undefined) return { type: "group", children: [] };
  const [x, from] = api.coord([run, figure.low]);
  const to = api.coord([run, figure.high])[1];
  return { type: "line", shape: { x1: x, y1: from, x2: x, y2: to }, style: { stroke: color, lineWidth: 1.5 } };
}
