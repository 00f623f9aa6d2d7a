const changes = { slower: "Something became slower", faster: "Nothing slower, something faster", same: "Nothing changed", failed: "Something failed", [unknown]: "Not known: these runs do not decide it" };

function startComparison() {
  const { comparison } = data;
  if (!comparison) return;
  byId("comparison").hidden = false;
  const [mark, kind] = marks[comparison.state] ?? ["?", "open"];
  const plots = make("div", { class: "panels" });
  byId("comparison-body").append(...[
    make("div", { class: `card verdict ${kind}` },
      make("div", { class: "verdict-head" }, make("span", { class: `badge ${kind}`, "aria-hidden": "true" }, mark), make("div", {}, make("p", { class: "pick" }, changes[comparison.state] ?? changes[unknown]),
        make("p", { class: "muted" }, `${comparison.current} against ${comparison.base}. In the charts below the base is dotted.`))),
      make("p", {}, shortened(comparison.verdict, 600)),
      comparison.warnings.length === 0 ? null : make("details", {}, make("summary", {}, count(comparison.warnings.length, "remark")), make("ul", {}, comparison.warnings.map(line => make("li", {}, line))))),
    make("p", {}, "How much longer each percentile takes now, launch against launch: the line is the median, the band the range. Large marks stand where a change was called one, ▲ slower and ▼ faster."),
    plots,
    comparison.table ? dataTable(comparison.table) : null,
  ].filter(Boolean));
  for (const fn of data.functions) shiftChart(plots, fn);
}

const flagOf = (one, quantile) => data.comparison.flags[`${caseName(one)} ${quantile}`];

function shiftChart(host, fn) {
  addChart(host, fn, heading => {
    heading.textContent = `${fn}, ${state.payload}: shift`;
    const shown = methodsShown().map(method => caseOf(method.id, fn, state.payload)).map(one => one && { one, shift: data.comparison.cases[caseName(one)]?.shift }).filter(each => each?.shift);
    if (shown.length === 0) return { empty: "Both runs have none of the chosen methods with this payload.", points: [], table: { head: ["method"], rows: [] } };
    return describeShift(shown);
  });
}

function describeShift(shown) {
  const asPercent = ratio => 100 * (ratio - 1);
  const longest = Math.max(...shown.map(each => each.shift.mid.length));
  const text = (shift, rung) => `${percent(shift.mid[rung])} [${percent(shift.low[rung])} – ${percent(shift.high[rung])}]`;
  const named = marked.map(rung => data.rungs.indexOf(rung)).filter(rung => rung >= 0 && rung < longest);
  const flags = shown.flatMap(({ one, shift }) => ["p50", "p95", "p99"].map((quantile, at) => ({ judgement: flagOf(one, quantile), rung: data.rungs.indexOf(marked[at]), quantile }))
    .filter(flag => flag.judgement && flag.rung < shift.mid.length)
    .map(flag => ({ value: [data.rungs[flag.rung], asPercent(shift.mid[flag.rung])], symbol: "triangle", symbolRotate: flag.judgement === "slower" ? 0 : 180, itemStyle: { color: colour(flag.judgement === "slower" ? "bad" : "good") }, name: `${one.method} ${flag.quantile} ${flag.judgement}` })));
  // Noise would stretch the scale until no line is seen: it follows the lines, and bands may leave it.
  const middle = shown.flatMap(({ shift }) => shift.mid.map(asPercent));
  const margin = Math.max(5, 0.25 * (Math.max(0, ...middle) - Math.min(0, ...middle)));
  const rows = rung => shown.filter(({ shift }) => rung < shift.mid.length).map(({ one, shift }) => ({ method: one.method, name: one.method, text: text(shift, rung) }));
  return {
    option: {
      xAxis: axis({ type: "log", min: 1, max: 10 ** Math.ceil(Math.log10(data.rungs[longest - 1]) - 0.02), axisLabel: { formatter: rung => rung <= 1 ? "shortest" : percentile(rung) } }),
      yAxis: axis({ type: "value", min: Math.floor((Math.min(0, ...middle) - margin) / 5) * 5, max: Math.ceil((Math.max(0, ...middle) + margin) / 5) * 5, axisLabel: { showMinLabel: false, showMaxLabel: false, formatter: value => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)} %` } }),
      tooltip: tooltip({ trigger: "axis", axisPointer: { type: "line", lineStyle: { color: colour("muted") } }, formatter: hits => {
        const rung = data.rungs.indexOf(hits[0]?.value[0]);
        return rung < 0 ? "" : tip(percentile(data.rungs[rung]), rows(rung));
      } }),
      series: [
        ...shown.map(({ one, shift }) => curveLine(one.method, shift.mid.map((ratio, rung) => [data.rungs[rung], asPercent(ratio)]))),
        ...shown.map(({ one, shift }) => band(shift.mid.map((_, rung) => [data.rungs[rung], asPercent(shift.low[rung]), asPercent(shift.high[rung])]), look(one.method).color, 0.08)),
        { type: "scatter", data: flags, symbolSize: 16, z: 6, silent: true, tooltip: { show: false }, markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colour("text"), type: "solid", width: 1 }, data: [{ yAxis: 0 }] } },
      ],
    },
    summary: `Shift of ${count(shown.length, "method")}. ${shown.map(({ one, shift }) => `${shortened(one.method)} p50 ${text(shift, Math.min(named[0] ?? 0, shift.mid.length - 1))}`).join("; ")}.`,
    points: shown.flatMap(({ one, shift }, series) => named.filter(rung => rung < shift.mid.length).map(rung => ({ series, index: rung, text: `${shortened(one.method)} ${percentile(data.rungs[rung])}: ${text(shift, rung)}` }))),
    table: { head: ["method", ...named.map(rung => percentile(data.rungs[rung]))], rows: shown.map(({ one, shift }) => [shortened(one.method, 80), ...named.map(rung => rung < shift.mid.length ? text(shift, rung) : "–")]) },
  };
}

function startHistory() {
  const { history } = data;
  if (!history) return;
  byId("history").hidden = false;
  const names = [...new Set(history.runs.flatMap(run => Object.keys(run.cases)))];
  let chosen = names.find(name => name === "service-binding/echo/1KB") ?? names[0];
  const picker = make("select", { "aria-label": "Case", on: { change: event => { chosen = event.target.value; chart.refresh(); } } },
    names.map(name => make("option", { value: name, selected: name === chosen }, shortened(name, 60))));
  const plots = make("div", { class: "panels wide" });
  byId("history-body").append(
    make("p", {}, `${count(history.runs.length, "run")} on ${history.machine}. Figures of two machines are no history.`),
    make("div", { class: "local" }, make("label", { class: "choice" }, make("span", { class: "choice-label" }, "Case"), picker)), plots,
    ...history.leftOut.map(line => make("p", { class: "muted small" }, `left out, another machine: ${line}`)));
  const chart = addChart(plots, "History", heading => {
    heading.textContent = `${shortened(chosen ?? "–", 80)} over runs`;
    return describeHistory(history, chosen);
  });
}

const quantileLooks = [["p50", "circle", "solid", 0], ["p95", "rect", "dashed", 1], ["p99", "triangle", "dotted", 2]];

function describeHistory(history, chosen) {
  const figures = history.runs.map(run => run.cases[chosen]);
  const values = figures.flatMap(each => each ?? []).flatMap(figure => [figure.value, figure.low, figure.high]).filter(value => value > 0);
  if (values.length === 0) return { empty: "Nothing is known of this case.", points: [], table: { head: ["run"], rows: [] } };
  return {
    option: {
      legend: { data: quantileLooks.map(([name]) => name), textStyle: { color: colour("text") }, top: 0, selectedMode: false },
      grid: { ...frame().grid, top: 40 },
      xAxis: axis({ type: "category", data: history.runs.map(run => run.date), splitLine: { show: false } }),
      yAxis: timeAxis(values),
      tooltip: tooltip({ trigger: "axis", formatter: hits => tip(history.runs[hits[0].dataIndex].name, quantileLooks.map(([name], at) => ({ name, text: figures[hits[0].dataIndex]?.[at] ? ranged(figures[hits[0].dataIndex][at]) : unknown }))) }),
      series: [
        ...quantileLooks.map(([name, symbol, dash, at]) => ({ type: "line", name, symbol, symbolSize: 9, showAllSymbol: true, data: figures.map(each => each?.[at].value ?? null), lineStyle: { type: dash, width: 2, color: palette[at] }, itemStyle: { color: palette[at] }, emphasis: { disabled: true } })),
        ...quantileLooks.map(([, , , at]) => ({ type: "custom", silent: true, tooltip: { show: false }, data: figures.map((each, run) => [run, each?.[at].value ?? null]), renderItem: (params, api) => historyRange(api, params.dataIndex, figures[params.dataIndex]?.[at], palette[at]) })),
      ],
    },
    height: 340,
    summary: `${count(history.runs.length, "run")} of ${shortened(chosen, 80)}.`,
    points: figures.map((each, index) => ({ series: 0, index, text: `${history.runs[index].name}: p50 ${each ? ranged(each[0]) : unknown}` })).filter((_, index) => figures[index]),
    table: { head: ["run", "p50", "p95", "p99"], rows: history.runs.map((run, index) => [run.name, ...[0, 1, 2].map(at => figures[index] ? ranged(figures[index][at]) : unknown)]) },
  };
}

function historyRange(api, run, figure, color) {
  if (figure?.low === undefined) return { type: "group", children: [] };
  const [x, from] = api.coord([run, figure.low]);
  return { type: "line", shape: { x1: x, y1: from, x2: x, y2: api.coord([run, figure.high])[1] }, style: { stroke: color, lineWidth: 1.5 } };
}
