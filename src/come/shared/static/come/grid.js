// AG Grid in the house's clothes: our tokens, French words, marked cells, tables pasted from a spreadsheet.
// The page loads, before its own module: vendor/ag-grid/ag-grid-community.min.js (global `agGrid`), deferred.

const FRENCH = {
  noRowsToShow: "Aucune ligne",
  loadingOoo: "Chargement…",
  filterOoo: "Filtrer…",
  equals: "Égal à",
  notEqual: "Différent de",
  contains: "Contient",
  notContains: "Ne contient pas",
  startsWith: "Commence par",
  endsWith: "Finit par",
  blank: "Vide",
  notBlank: "Non vide",
  lessThan: "Plus petit que",
  greaterThan: "Plus grand que",
  inRange: "Entre",
  andCondition: "Et",
  orCondition: "Ou",
  applyFilter: "Appliquer",
  resetFilter: "Effacer",
  pinColumn: "Épingler la colonne",
  autosizeThisColumn: "Ajuster la largeur",
  ariaLabelSelectAllRows: "Tout sélectionner",
  ariaRowSelectAll: "Appuyez sur Espace pour tout sélectionner",
  ariaRowToggleSelection: "Appuyez sur Espace pour sélectionner la ligne",
  ariaFilterColumn: "Appuyez sur Ctrl Entrée pour filtrer",
  ariaSortableColumn: "Appuyez sur Entrée pour trier",
  ariaColumn: "Colonne",
  ariaChecked: "coché",
  ariaUnchecked: "non coché",
};

function theme() {
  return window.agGrid.themeQuartz.withParams({
    accentColor: "var(--accent)",
    backgroundColor: "var(--surface)",
    foregroundColor: "var(--ink)",
    textColor: "var(--ink)",
    borderColor: "var(--line)",
    chromeBackgroundColor: "var(--sunken)",
    headerBackgroundColor: "var(--sunken)",
    headerTextColor: "var(--ink-2)",
    headerFontSize: 12,
    headerFontWeight: 580,
    headerHeight: 34,
    rowHeight: 32,
    rowHoverColor: "var(--hover)",
    selectedRowBackgroundColor: "var(--accent-soft)",
    oddRowBackgroundColor: "var(--surface)",
    fontFamily: "var(--font-ui)",
    fontSize: 13,
    cellHorizontalPadding: 10,
    columnBorder: true,
    wrapperBorderRadius: "var(--radius-l)",
    menuBackgroundColor: "var(--raised)",
    inputBackgroundColor: "var(--raised)",
    inputBorder: "solid 1px var(--line-strong)",
    tooltipBackgroundColor: "var(--ink)",
    tooltipTextColor: "var(--paper)",
    browserColorScheme: "inherit",
  });
}

// A cell is marked when its row says why: row.issues = {field: "La clé du RIO est fausse."}.
function column(given) {
  const field = given.field;
  return {
    resizable: true,
    sortable: true,
    tooltipValueGetter: ({ data }) => data?.issues?.[field] ?? null,
    ...given,
    cellClassRules: { "cell-bad": ({ data }) => Boolean(data?.issues?.[field]), ...given.cellClassRules },
  };
}

/**
 * Draw a grid in `place`. columns: AG Grid column definitions; rows: plain objects with an `id`.
 * onChange({row, field, value}) after an edit; onPaste({text, cells, row, field}) when a table is pasted on it
 * (return false to let the cell editor have the text).
 */
export function makeGrid(place, { columns, rows, label, onChange, onPaste, options = {} }) {
  const api = window.agGrid.createGrid(place, {
    theme: theme(),
    styleNonce: document.querySelector("script[nonce]")?.nonce,
    localeText: FRENCH,
    columnDefs: columns.map(column),
    // Headings that slide while their cells jump are read against the wrong column.
    suppressColumnMoveAnimation: true,
    rowData: rows,
    getRowId: ({ data }) => String(data.id),
    singleClickEdit: false,
    stopEditingWhenCellsLoseFocus: true,
    // Enter goes down, Tab goes right: what a spreadsheet taught everybody.
    enterNavigatesVertically: true,
    enterNavigatesVerticallyAfterEdit: true,
    tooltipShowDelay: 200,
    suppressCellFocus: false,
    onCellValueChanged: ({ data, colDef, newValue }) => onChange?.({ row: data, field: colDef.field, value: newValue }),
    ...options,
  });
  if (label) place.setAttribute("aria-label", label);
  if (onPaste) place.addEventListener("paste", (event) => pasted(event, api, onPaste));
  return api;
}

function pasted(event, api, onPaste) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const isOneCell = !/[\t\n]/.test(text.trim());
  if (isOneCell && api.getEditingCells().length) return;
  const focused = api.getFocusedCell();
  const row = focused ? api.getDisplayedRowAtIndex(focused.rowIndex)?.data : undefined;
  const wish = onPaste({ text, cells: parseTable(text), row, field: focused?.column.getColId() });
  if (wish !== false) event.preventDefault();
}

/** Split what a spreadsheet copies: tabs between cells, a quoted cell may hold line ends and doubled quotes. */
export function parseTable(text) {
  const table = [[]];
  let cell = "";
  let isQuoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let index = 0; index < source.length; index += 1) {
    const letter = source[index];
    if (isQuoted) {
      if (letter === '"' && source[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else if (letter === '"') isQuoted = false;
      else cell += letter;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === "\t" || letter === "\n") {
      table.at(-1).push(cell);
      cell = "";
      if (letter === "\n") table.push([]);
    } else cell += letter;
  }
  table.at(-1).push(cell);
  return table;
}
