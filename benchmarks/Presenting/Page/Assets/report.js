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

addEventListener("beforeprint", () => {
  document.documentElement.dataset.theme = "light";
  for (const chart of charts) chart.draw();
});
addEventListener("afterprint", () => setTheme(theme));
