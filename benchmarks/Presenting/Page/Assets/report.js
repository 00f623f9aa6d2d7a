startTheme();
showAnswer();
startControls();
startComparison();
startHistory();
startPercentiles();
startOverhead();
startCost();
startLaunches();
startTables();
startSettings();

// Draws the charts of a usual report also where nobody scrolls to them, one at a time: a capture of the whole page shows all of them.
const mostCasesAtOnce = 200;
function drawNext() {
  const next = charts.find(chart => chart.stale);
  if (!next) return;
  next.draw();
  setTimeout(drawNext);
}
if (data.cases.length <= mostCasesAtOnce) setTimeout(drawNext);

addEventListener("beforeprint", () => {
  document.documentElement.dataset.theme = "light";
  for (const chart of charts) chart.draw();
});
addEventListener("afterprint", () => setTheme(theme));
