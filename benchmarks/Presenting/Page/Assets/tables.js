// The most rows that a table shows at first: building every row of a large report would take long for rows that few read.
const firstRows = () => narrow() ? 10 : 60;
const rangeOf = /^(.*\S) (\[[^\]]+\])$/;

function sortedRows(table, by) {
  if (by.column === null) return [...table.rows];
  const direction = by.descending ? -1 : 1;
  const isNumber = table.columns[by.column]?.isNumber;
  const key = row => by.column < 0 ? row.state : isNumber ? row.order[by.column] : row.cells[by.column];
  const isKnown = row => key(row) !== null && key(row) !== undefined && key(row) !== "";
  // Unknown values come last in both directions.
  return [...table.rows].sort((one, other) => !isKnown(one) || !isKnown(other) ? isKnown(other) - isKnown(one)
    : direction * (isNumber ? key(one) - key(other) : String(key(one)).localeCompare(String(key(other)), "en", { numeric: true })));
}

function cell(text, column) {
  const range = column.isNumber && rangeOf.exec(text);
  const content = range
    ? [make("span", { class: "figure-value" }, range[1]), " ", make("span", { class: "figure-range" }, range[2])]
    : text;
  return make("td", { class: `${column.isNumber ? "number" : "text"}${text === "" ? " blank" : ""}`, "data-label": column.title },
    make("span", { class: text.length <= 28 ? "whole" : "clamp", title: text.length > 120 ? text.slice(0, 2000) : null }, content));
}

function dataTable(table, { states = true } = {}) {
  const by = { column: null, descending: false };
  const hidden = new Set();
  let words = "", all = false;
  const kinds = [...new Set(table.rows.map(row => row.state))].filter(kind => kind !== "none");
  const hasStates = kinds.length > 0 && states;
  const body = make("tbody");
  const status = make("p", { class: "muted small", role: "status" });
  const more = make("button", { type: "button", class: "link", on: { click: () => { all = true; show(); } } });

  const hasWords = row => words.split(" ").every(word => row.cells.some(text => text.toLowerCase().includes(word)));
  const matching = () => sortedRows(table, by).filter(row => !hidden.has(row.state) && hasWords(row));
  const show = () => {
    const rows = matching();
    const shown = all ? rows : rows.slice(0, firstRows());
    body.replaceChildren(...shown.map(row => make("tr", { class: `row-${(markOf(row.state) ?? ["", "plain"])[1]}` },
      hasStates ? make("td", { class: "text", "data-label": "state" }, row.state === "none" ? "–" : chip(row.state)) : null,
      row.cells.map((text, index) => cell(text, table.columns[index])))));
    const first = shown.length < rows.length ? `, the first ${shown.length} shown` : "";
    status.textContent = `${rows.length} of ${table.rows.length} rows${first}`;
    more.hidden = shown.length === rows.length;
    more.textContent = `Show all ${rows.length}`;
    head.querySelectorAll("th").forEach(th => {
      const isSorted = Number(th.dataset.column) === by.column;
      if (isSorted) th.setAttribute("aria-sort", by.descending ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
      th.querySelector(".arrow").textContent = isSorted ? by.descending ? "▼" : "▲" : "";
    });
  };
  const header = (title, column, isNumber) => {
    const click = () => {
      Object.assign(by, { descending: by.column === column && !by.descending, column });
      show();
    };
    return make("th", { scope: "col", class: isNumber ? "number" : "text", "data-column": String(column) },
      make("button", { type: "button", on: { click } }, title || "judged", make("span", { class: "arrow", "aria-hidden": "true" })));
  };
  const head = make("thead", {}, make("tr", {},
    hasStates ? header("state", -1, false) : null,
    table.columns.map((column, index) => header(column.title, index, column.isNumber))));
  const input = event => { words = event.target.value.trim().toLowerCase(); show(); };
  const filter = make("input", {
    type: "search", placeholder: "Filter, like echo 1KB", "aria-label": `Filter ${table.title}`, on: { input },
  });
  const toggles = kinds.map(kind => {
    const click = () => {
      if (!hidden.delete(kind)) hidden.add(kind);
      button.setAttribute("aria-pressed", !hidden.has(kind));
      show();
    };
    const button = make("button", { type: "button", class: "toggle", "aria-pressed": "true", on: { click } },
      chip(kind), ` ${table.rows.filter(row => row.state === kind).length}`);
    return button;
  });
  show();
  return make("div", { class: "data" },
    make("div", { class: "filters" },
      filter,
      hasStates ? make("div", { class: "toggles", role: "group", "aria-label": "States shown" }, toggles) : null,
      status),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.title }, make("table", {}, head, body)),
    more);
}

function startTables() {
  const place = make("div");
  let chosen = data.tables[0]?.id;
  if (!chosen) {
    byId("tables").append(make("p", { class: "empty" }, "Nothing was measured."));
    return;
  }
  const show = id => {
    chosen = id;
    place.replaceChildren(dataTable(data.tables.find(table => table.id === id)));
  };
  const choices = data.tables.map(table => ({ value: table.id, text: table.title }));
  byId("tables").append(segments("Table", choices, () => chosen, show), place);
  // Builds the first table when the reader scrolls near it, since it is far below the first screen.
  new IntersectionObserver((entries, watcher) => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    watcher.disconnect();
    show(chosen);
  }, { rootMargin: "600px" }).observe(byId("tables"));
}
