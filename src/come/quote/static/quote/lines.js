// The grid of a quote's lines: windows of rows from the server, cells edited in place, tables pasted anywhere on the page.
import { makeGrid, parseTable } from "/static/come/grid.js";
import { toast } from "/static/come/shell.js";
import { follow } from "/static/quote/following.js";
import { arranged, followLayout } from "/static/quote/layout.js";
import { makeOutbox } from "/static/quote/outbox.js";
import { makeRanges } from "/static/quote/ranges.js";

const place = document.getElementById("lines");
const WINDOW = 100;
// So many windows stay in memory, whatever the quote's length.
const WINDOWS_KEPT = 6;
const WIDTHS = { position: 60, user_label: 150, plan: 190, options: 170, device: 190, msisdn: 130, rio: 132, iccid: 186, imei: 150, eid: 270, site_siret: 140, monthly: 112, one_off: 112, why: 230 };
const words = place ? JSON.parse(place.dataset.words) : {};

// A cell whose words are known: they are offered while one types. Options are several, separated by semicolons.
class ChoiceEditor {
  init(params) {
    const isTyped = params.eventKey?.length === 1;
    const isErased = params.eventKey === "Backspace" || params.eventKey === "Delete";
    this.isTyped = isTyped;
    this.isMany = params.colDef.field === "options";
    this.names = params.names;
    this.gui = document.createElement("span");
    this.input = document.createElement("input");
    this.list = document.createElement("datalist");
    this.list.id = "grid-choices";
    this.input.setAttribute("list", this.list.id);
    this.input.setAttribute("aria-label", params.colDef.headerName);
    this.input.autocomplete = "off";
    this.input.className = "grid-choice";
    this.input.value = isTyped ? params.eventKey : isErased ? "" : (params.value ?? "");
    this.input.addEventListener("input", () => this.offer());
    this.gui.append(this.input, this.list);
    this.offer();
  }
  offer() {
    const cut = this.isMany ? this.input.value.lastIndexOf(";") + 1 : 0;
    const kept = cut ? `${this.input.value.slice(0, cut)} ` : "";
    if (this.kept === kept) return;
    this.kept = kept;
    this.list.replaceChildren(...this.names.map((name) => new Option("", kept + name)));
  }
  getGui() {
    return this.gui;
  }
  afterGuiAttached() {
    this.input.focus();
    if (!this.isTyped) this.input.select();
  }
  getValue() {
    return this.input.value;
  }
}

// What is wrong with a cell, or who changed it, is read with it, not only shown by its colour.
function cellWords({ value, data, colDef, author }) {
  const why = data?.issues?.[colDef.field];
  const who = data && author(data.id, colDef.field);
  const shown = document.createElement("span");
  shown.textContent = value ?? "";
  const said = [why && `${words.fault} : ${why}`, who && `${words.changed_by} ${who}`].filter(Boolean).join(" ; ");
  if (said) {
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = ` (${said})`;
    shown.append(hidden);
  }
  return shown;
}

function folded(word) {
  return word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

function start() {
  const isEditable = place.dataset.editable === "1";
  const tools = document.querySelector("[data-grid-tools]");
  const search = tools.querySelector("[data-line-search]");
  const onlyFaulty = tools.querySelector("[data-only-faulty]");
  const allLines = tools.querySelector("[data-all-lines]");
  const status = document.querySelector("[data-grid-status]");
  const errors = document.getElementById("line-errors");
  const choices = JSON.parse(place.dataset.choices);
  const headings = new Set(JSON.parse(place.dataset.headings));
  const names = new Map(JSON.parse(place.dataset.columns));
  const asked = new URL(window.location.href).searchParams;
  let kind = asked.get("code") ? { code: asked.get("code"), column: asked.get("colonne") ?? "" } : null;
  let matching = 0;
  let isEmpty = false;
  let toCorrect = Number(place.dataset.toCorrect);

  const filters = () => ({
    text: search.value.trim(),
    only_to_correct: onlyFaulty.checked,
    ...(place.dataset.alternative && { alternative: place.dataset.alternative }),
    ...(kind && { issue_code: kind.code, issue_column: kind.column }),
  });

  function filtered(address) {
    const url = new URL(address, window.location.href);
    if (search.value.trim()) url.searchParams.set("q", search.value.trim());
    if (onlyFaulty.checked) url.searchParams.set("a-corriger", "1");
    if (place.dataset.alternative) url.searchParams.set("offre", place.dataset.alternative);
    if (kind) {
      url.searchParams.set("code", kind.code);
      url.searchParams.set("colonne", kind.column);
    }
    return url;
  }

  const isFiltered = () => Boolean(search.value.trim() || onlyFaulty.checked || kind);

  const datasource = {
    async getRows({ startRow, endRow, successCallback, failCallback }) {
      const address = filtered(place.dataset.rowsUrl);
      address.searchParams.set("offset", startRow);
      address.searchParams.set("limit", endRow - startRow);
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = await answer.json();
        const wasEmpty = isEmpty;
        showEmpty(page.line_count === 0);
        // A quote with its first line may be sent, one without any may not: the next act of the page is another.
        if (isEmpty !== wasEmpty) headerMayChange();
        matching = page.total;
        if (allLines) tools.querySelector("[data-all-lines-said]").textContent = isFiltered() ? `${words.all_matching} (${matching.toLocaleString("fr-FR")})` : words.all;
        showStack("[data-undo]", page.undo);
        showStack("[data-redo]", page.redo);
        // The reasons take their room only where there is one to read.
        if (startRow === 0) api.setColumnsVisible(["why"], page.issue_count > 0 || page.rows.some((row) => row.why));
        selectionChanged();
        successCallback(page.rows.map((row) => ({ ...row, was: row })), page.total);
      } catch {
        failCallback();
      }
    },
  };

  function showStack(selector, label) {
    const button = document.querySelector(selector);
    if (!button) return;
    button.disabled = !label;
    button.title = label;
  }

  const cells = JSON.parse(place.dataset.columns).map(([field, headerName]) => ({
    field,
    headerName,
    // A row that is still on its way is not written in.
    editable: isEditable && (({ data }) => Boolean(data)),
    sortable: false,
    width: WIDTHS[field] ?? 150,
    cellRenderer: cellWords,
    cellRendererParams: { author: (id, column) => news.author(id, column) },
    ...(choices[field] && { cellEditor: ChoiceEditor, cellEditorParams: { names: choices[field].map(([, name]) => name) } }),
  }));
  const columns = [
    { field: "position", headerName: words.position, width: WIDTHS.position, sortable: false, pinned: "left", suppressMovable: true },
    ...arranged(cells, JSON.parse(place.dataset.layout)).map((one) => ({
      ...one,
      cellClassRules: {
        "cell-changed": ({ data, colDef }) => Boolean(data && news.author(data.id, colDef.field)),
        "cell-chosen": (params) => ranges?.rules["cell-chosen"](params) ?? false,
        "cell-filled": (params) => ranges?.rules["cell-filled"](params) ?? false,
        "cell-corner": (params) => ranges?.rules["cell-corner"](params) ?? false,
      },
    })),
    { field: "one_off", headerName: words.once, width: WIDTHS.one_off, type: "rightAligned", sortable: false },
    { field: "monthly", headerName: words.monthly, width: WIDTHS.monthly, type: "rightAligned", sortable: false, pinned: "right" },
    { field: "why", headerName: words.why, width: WIDTHS.why, sortable: false, pinned: "right", hide: true, tooltipValueGetter: ({ value }) => value || null },
  ];
  let ranges = null;

  const news = follow({ address: place.dataset.newsUrl, revision: Number(place.dataset.revision), isLive: Boolean(place.dataset.draft), onNews });

  const outbox = makeOutbox({
    name: `come-quote:${place.dataset.owner}:${place.dataset.reference}`,
    failed: words.failed,
    onState: showOutbox,
  });

  // A grid that is drawn hidden measures nothing.
  showEmpty(document.querySelector("[data-plain-lines] table") === null && !isFiltered());
  const api = makeGrid(place, {
    columns,
    label: words.label,
    onChange: ({ row, field, value }) => editCell(row, field, value ?? ""),
    options: {
      rowHeight: 32,
      headerHeight: 34,
      rowModelType: "infinite",
      datasource,
      cacheBlockSize: WINDOW,
      maxBlocksInCache: WINDOWS_KEPT,
      rowSelection: isEditable ? { mode: "multiRow", checkboxes: true, headerCheckbox: false, enableClickSelection: false } : undefined,
      selectionColumnDef: { pinned: "left", width: 44, resizable: false },
      onSelectionChanged: selectionChanged,
      onCellClicked: ({ column, node }) => column.getColId() === "why" && goToFault(node),
      onCellKeyDown: ({ column, node, event }) => event.key === "Enter" && column.getColId() === "why" && goToFault(node),
    },
  });
  // The columns that may be written, in the order in which the person sees them.
  const fields = () => api.getAllDisplayedColumns().map((column) => column.getColId()).filter((field) => names.has(field));
  ranges = makeRanges({
    place,
    api,
    fields,
    total: () => api.getDisplayedRowCount(),
    onChange: sayRange,
    onFill: fillDown,
  });
  followLayout({
    api,
    names,
    words,
    post: (given) => quietly(place.dataset.layoutUrl, { columns: given }),
    async reset() {
      await quietly(place.dataset.layoutUrl, { columns: [] });
      window.location.reload();
    },
  });

  function quietly(address, body) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
    return fetch(address, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  }

  function showEmpty(wanted) {
    isEmpty = wanted;
    place.hidden = isEmpty;
    tools.hidden = isEmpty;
    document.querySelector("[data-plain-lines]").hidden = !isEmpty;
  }

  // ---------------------------------------------------------------- which lines an act is about

  function selectedIds() {
    const ticked = api.getSelectedRows().map((row) => row.id);
    if (ticked.length || !ranges?.isWide) return ticked;
    const range = ranges.current();
    if (!range || range.first === range.last) return [];
    const ids = [];
    for (let row = range.first; row <= range.last; row += 1) if (ranges.row(row)) ids.push(ranges.row(row).id);
    return ids.length === range.last - range.first + 1 ? ids : [];
  }

  /** The lines that are ticked or chosen, or every line that the filters show, drawn or not. */
  function selected() {
    return allLines?.checked ? { all_matching: true, ...filters() } : { ids: selectedIds() };
  }

  /** The same, or the line where one is. */
  function selectedOrHere() {
    if (allLines?.checked || selectedIds().length) return { lines: selected(), count: allLines?.checked ? matching : selectedIds().length };
    const row = rowHere();
    return row ? { lines: { ids: [row.id] }, count: 1 } : null;
  }

  function rowHere() {
    const focused = api.getFocusedCell();
    return focused && api.getDisplayedRowAtIndex(focused.rowIndex)?.data;
  }

  function selectionChanged() {
    const count = allLines?.checked ? matching : selectedIds().length;
    for (const button of document.querySelectorAll("[data-needs-selection]")) button.disabled = count === 0;
    const said = `${count.toLocaleString("fr-FR")} ${count > 1 ? words.selected : words.selected_one}`;
    status.textContent = count ? said : "";
    for (const inDialog of document.querySelectorAll("[data-selection-said]")) inDialog.textContent = said;
  }

  function sayRange(range) {
    selectionChanged();
    if (!range || !ranges.isWide) return;
    const count = (range.last - range.first + 1) * range.fields.length;
    status.textContent = `${count.toLocaleString("fr-FR")} ${words.range}`;
  }

  function unselect() {
    if (allLines) allLines.checked = false;
    ranges.clear();
    api.deselectAll();
    selectionChanged();
  }

  // ---------------------------------------------------------------- acts

  // What the person saw goes with the edit: a colleague's change in between is said, not overwritten.
  function editCell(row, field, value) {
    const body = { changes: { [row.id]: { [field]: value } }, since: news.revision };
    if (row.was && field in row.was) {
      body.seen = { [row.id]: { [field]: row.was[field] } };
      // Until the row is read again, what it holds is ours: the server may write a name in full.
      row.was = { ...row.was };
      delete row.was[field];
    }
    return act(place.dataset.editUrl, body);
  }

  async function act(address, body) {
    try {
      await done(await outbox.push(address, body));
    } catch (error) {
      refused(error, address, body);
    }
    await news.now();
    refresh();
  }

  async function done(said) {
    if (said.said) toast(said.said, said.to_correct ? "waiting" : "done");
    // The next act of the page depends on what is left to correct.
    if (said.to_correct === undefined || said.to_correct !== toCorrect) await headerMayChange();
    toCorrect = said.to_correct ?? toCorrect;
  }

  const CONFLICTS = new Set(["quote.cell_changed", "quote.price_consent"]);

  function refused(error, address, body) {
    if (!CONFLICTS.has(error.code)) {
      toast(error.message, "blocked");
      return;
    }
    const isConsent = error.code === "quote.price_consent";
    const dialog = document.getElementById(isConsent ? "consent-dialog" : "conflict-dialog");
    const list = dialog.querySelector(isConsent ? "[data-price-changes]" : "[data-conflicts]");
    list.replaceChildren(
      ...error.errors.map(({ message }) => Object.assign(document.createElement("li"), { textContent: message })),
    );
    const answerWith = (selector, run) => {
      const button = dialog.querySelector(selector);
      if (button) button.onclick = () => (dialog.close(), run());
    };
    if (isConsent) answerWith("[data-consent]", () => act(address, { ...body, consented_changes: error.errors[0].path }));
    else {
      const isTurn = [place.dataset.undoUrl, place.dataset.redoUrl].includes(address);
      dialog.querySelector("[data-overwrite]").hidden = isTurn;
      dialog.querySelector("[data-keep-others]").hidden = !isTurn;
      answerWith("[data-review]", () => review(error.errors[0].path ?? ""));
      answerWith("[data-overwrite]", () => act(address, { ...body, seen: undefined, since: undefined }));
      answerWith("[data-keep-others]", () => act(address, { ...body, keep_others: true }));
    }
    dialog.showModal();
  }

  // The cell that a colleague changed, read again.
  function review(path) {
    const [id, field] = path.split("/");
    api.forEachNode((node) => {
      if (node.data?.id === id && names.has(field)) goTo(node.rowIndex, field);
    });
  }

  let refreshing;
  function refresh() {
    // Acts that follow each other closely are drawn once.
    clearTimeout(refreshing);
    refreshing = setTimeout(() => {
      api.refreshInfiniteCache();
      document.body.dispatchEvent(new CustomEvent("come:lines"));
      refreshErrors();
    });
  }

  function refreshErrors() {
    if (!errors || !(toCorrect || errors.childElementCount)) return;
    fetch(errors.dataset.errorsUrl, { headers: { Accept: "text/html", "HX-Request": "true" } })
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((html) => {
        if (html === null) return;
        const isOpen = errors.querySelector("details")?.open ?? true;
        errors.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
        const details = errors.querySelector("details");
        if (details) details.open = isOpen;
        showKind();
      });
  }

  function onNews({ edits, is_whole: isWhole, state }) {
    if (state !== "inProgress" && place.dataset.draft) {
      toast(words.state, "waiting");
      setTimeout(() => window.location.reload(), 1500);
      return;
    }
    for (const { said } of edits) toast(said, "progress");
    if (edits.length) status.textContent = edits.map(({ said }) => said).join(". ");
    if (outbox.size) return;
    if (edits.length || isWhole) headerMayChange();
    refresh();
  }

  function showOutbox({ waiting, left }) {
    const bar = document.querySelector("[data-outbox]");
    if (!bar) return;
    bar.hidden = !waiting && !left;
    for (const button of bar.querySelectorAll("button")) button.hidden = !left;
    bar.querySelector("[data-outbox-said]").textContent = left ? (left > 1 ? `${left} ${words.kept}` : words.kept_one) : words.offline;
  }
  document.querySelector("[data-outbox-resume]")?.addEventListener("click", async () => {
    const answers = await outbox.resume();
    for (const one of answers) {
      if (one.status === "fulfilled") await done(one.value);
      else toast(one.reason.message, "blocked");
    }
    await news.now();
    refresh();
  });
  document.querySelector("[data-outbox-forget]")?.addEventListener("click", () => outbox.forget());

  // The primary button and the counts follow the lines: they are drawn by the server.
  function headerMayChange() {
    return fetch(window.location.href, { headers: { Accept: "text/html" } })
      .then((answer) => answer.text())
      .then((html) => {
        const fresh = new DOMParser().parseFromString(html, "text/html");
        for (const part of [".page-header", "#lines-card .card-count"]) {
          const [before, after] = [document.querySelector(part), fresh.querySelector(part)];
          if (before && after) before.replaceWith(after);
        }
        const count = Number(fresh.getElementById("lines")?.dataset.toCorrect);
        if (!Number.isNaN(count)) toCorrect = count;
      })
      .catch(() => {});
  }

  // ---------------------------------------------------------------- cells as a rectangle

  function block(range, rows, count, given = {}) {
    const first = ranges.row(range.first);
    if (!first) {
      toast(words.not_loaded, "waiting");
      return null;
    }
    return act(place.dataset.blockUrl, { line_id: first.id, columns: range.fields, rows, count, since: news.revision, ...filters(), ...given });
  }

  /** The cells of a rectangle as they are shown, or null when some rows are not loaded. */
  function valuesOf({ first, last, fields: wanted }) {
    const rows = [];
    for (let index = first; index <= last; index += 1) {
      const data = ranges.row(index);
      if (!data) return null;
      rows.push(wanted.map((field) => data[field] ?? ""));
    }
    return rows;
  }

  // From the rectangle down to a row, its rows repeated; a rectangle of several rows is filled from its first (Ctrl D).
  function fillDown({ first, last, fields: wanted, to }) {
    const rows = valuesOf({ first, last, fields: wanted });
    return rows ? block({ first, fields: wanted }, rows, to - first + 1) : toast(words.not_loaded, "waiting");
  }

  function fillByKey() {
    const range = ranges.current();
    if (!range) return;
    const isOne = range.first === range.last;
    if (isOne && range.first === 0) return;
    const from = isOne ? range.first - 1 : range.first;
    fillDown({ first: from, last: from, fields: range.fields, to: range.last });
  }

  function empty() {
    const range = ranges.current();
    if (range) block(range, [range.fields.map(() => "")], range.last - range.first + 1);
  }

  function paste(text) {
    const table = parseTable(text);
    const range = ranges.current();
    const first = table[0].filter((cell) => cell.trim());
    const hasHeading = first.length > 0 && first.filter((cell) => headings.has(folded(cell))).length >= Math.max(1, Math.ceil(first.length / 2));
    if (!range || hasHeading) {
      status.textContent = words.pasted;
      return act(place.dataset.pasteUrl, { text });
    }
    const height = range.last - range.first + 1;
    const all = fields();
    const left = all.indexOf(range.fields[0]);
    // One value fills the rectangle; a block as wide as the rectangle, or wider, keeps its own width.
    const isOne = table.length === 1 && table[0].length === 1;
    const rows = isOne ? [range.fields.map(() => table[0][0])] : table;
    const width = Math.max(...rows.map((row) => row.length));
    if (left + width > all.length) toast(words.ignored, "waiting");
    const wanted = { ...range, fields: all.slice(left, left + width) };
    const repeats = height > rows.length && height % rows.length === 0;
    return block(wanted, rows, repeats ? height : 0);
  }

  document.addEventListener("paste", (event) => {
    if (!isEditable || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text.trim()) return;
    const isOneCell = !/[\t\n]/.test(text.trim());
    if (isOneCell && !ranges.current()) return;
    event.preventDefault();
    const range = ranges.current();
    if (isOneCell && range.first === range.last && range.fields.length === 1) editCell(ranges.row(range.first), range.fields[0], text.trim());
    else paste(text);
  });

  document.addEventListener("copy", (event) => {
    if (!place.contains(document.activeElement) || api.getEditingCells().length) return;
    const range = ranges.current();
    if (!range) return;
    const rows = valuesOf(range);
    if (!rows) {
      toast(words.not_loaded, "waiting");
      return;
    }
    event.preventDefault();
    const quoted = (cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    event.clipboardData.setData("text/plain", rows.map((row) => row.map(quoted).join("\t")).join("\n"));
    status.textContent = words.copied;
  });

  // ---------------------------------------------------------------- keys

  const LOADING_MS = 30;
  const LOADING_TRIES = 100;

  // The cell takes the focus once its row is there: what is typed at once is typed into it.
  async function goTo(rowIndex, field) {
    api.ensureIndexVisible(rowIndex, "middle");
    api.ensureColumnVisible(field);
    for (let tries = 0; tries < LOADING_TRIES && !api.getDisplayedRowAtIndex(rowIndex)?.data; tries += 1) {
      await new Promise((wake) => setTimeout(wake, LOADING_MS));
    }
    api.setFocusedCell(rowIndex, field);
  }

  // From what is to correct to the cell itself, which may lie out of sight.
  function goToFault({ data, rowIndex }) {
    const field = columns.find((one) => data?.issues?.[one.field])?.field;
    if (!field) return;
    api.setColumnsVisible([field], true);
    goTo(rowIndex, field);
  }

  async function nextError(isBackwards) {
    const address = filtered(place.dataset.nextErrorUrl);
    address.searchParams.set("rang", api.getFocusedCell()?.rowIndex ?? -1);
    if (isBackwards) address.searchParams.set("sens", "avant");
    const { found } = await (await fetch(address, { headers: { Accept: "application/json" } })).json();
    if (!found) {
      toast(words.no_error, "done");
      return;
    }
    const field = names.has(found.column) ? found.column : "why";
    api.setColumnsVisible([field], true);
    goTo(found.place, field);
  }

  function askClone() {
    const here = selectedOrHere();
    const dialog = document.getElementById("clone-lines-dialog");
    if (!here || !dialog) return;
    dialog.lines = here.lines;
    dialog.querySelector("[data-clone-said]").textContent = `${here.count.toLocaleString("fr-FR")} ${here.count > 1 ? words.selected : words.selected_one}`;
    dialog.showModal();
    dialog.querySelector("input").select();
  }

  function insert() {
    const row = rowHere();
    if (row) act(place.dataset.insertUrl, { line_id: row.id, count: 1 });
  }

  async function move(steps) {
    const here = selectedOrHere();
    if (!here) return;
    const focused = api.getFocusedCell();
    await act(place.dataset.moveUrl, { ...here.lines, steps });
    if (focused && here.count === 1) api.setFocusedCell(Math.max(0, focused.rowIndex + steps), focused.column);
  }

  function chooseAll() {
    allLines.checked = !allLines.checked;
    allLines.dispatchEvent(new Event("change"));
  }

  const turn = (address) => act(address, {});
  const KEYS = {
    "ctrl+z": () => turn(place.dataset.undoUrl),
    "ctrl+y": () => turn(place.dataset.redoUrl),
    "ctrl+shift+z": () => turn(place.dataset.redoUrl),
    "ctrl+d": fillByKey,
    "ctrl+shift+d": askClone,
    "ctrl+i": insert,
    "ctrl+a": chooseAll,
    "ctrl+e": () => document.querySelector('[data-open-dialog="selection-dialog"]:not([disabled])')?.click(),
    "ctrl+m": () => document.querySelector('[data-open-dialog="concede-dialog"]:not([disabled])')?.click(),
    "ctrl+enter": () => document.querySelector(".page-actions .button-primary")?.click(),
    "alt+arrowup": () => move(-1),
    "alt+arrowdown": () => move(1),
    delete: empty,
  };

  // From anywhere on the page: to the next line to correct, and into the grid.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || event.target.closest?.("dialog") || !isEditable) return;
    event.preventDefault();
    nextError(event.shiftKey);
  });
  document.querySelector("[data-go-to-lines]")?.addEventListener("click", () => api.setFocusedCell(0, columns[1].field));

  place.addEventListener(
    "keydown",
    (event) => {
      if (api.getEditingCells().length) {
        if (event.key === "Escape") giveUp(event);
        return;
      }
      if (!isEditable) return;
      const parts = [(event.ctrlKey || event.metaKey) && "ctrl", event.altKey && "alt", event.shiftKey && "shift", event.key.toLowerCase()];
      const run = KEYS[parts.filter(Boolean).join("+")];
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    true,
  );
  // At once: what is typed after Escape begins a new edit, however fast.
  function giveUp(event) {
    event.preventDefault();
    event.stopPropagation();
    const { rowIndex, column } = api.getEditingCells()[0];
    api.stopEditing(true);
    api.setFocusedCell(rowIndex, column);
  }

  // What is typed into a cell is no shortcut of the page.
  place.addEventListener("keydown", (event) => event.key.length === 1 && event.stopPropagation());

  document.querySelector("[data-undo]")?.addEventListener("click", KEYS["ctrl+z"]);
  document.querySelector("[data-redo]")?.addEventListener("click", KEYS["ctrl+y"]);
  document.querySelector("[data-clone]")?.addEventListener("click", askClone);
  document.querySelector("[data-insert]")?.addEventListener("click", insert);
  for (const button of document.querySelectorAll("[data-move]")) button.addEventListener("click", () => move(Number(button.dataset.move)));
  document.querySelector("[data-clone-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const dialog = event.target.closest("dialog");
    dialog.close();
    unselect();
    act(place.dataset.cloneUrl, { ...dialog.lines, times: Number(new FormData(event.target).get("times")) });
  });
  document.querySelector("[data-remove]")?.addEventListener("click", () => {
    const lines = selected();
    unselect();
    act(place.dataset.removeUrl, { ...lines, since: news.revision });
  });
  document.querySelector("[data-selection-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    const { add_option, remove_option, ...others } = given;
    const cells = Object.fromEntries(Object.entries(others).filter(([, value]) => value));
    event.target.closest("dialog").close();
    act(place.dataset.selectionUrl, { ...selected(), cells, add_option, remove_option, since: news.revision });
  });
  // Any other form about the chosen lines: its fields go as they are to its own address.
  for (const form of document.querySelectorAll("[data-lines-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(form));
      form.closest("dialog").close();
      act(form.action, { ...selected(), ...given, since: news.revision });
    });
  }
  for (const link of tools.querySelectorAll("[data-export]")) {
    link.addEventListener("click", () => link.setAttribute("href", filtered(link.href).href));
  }

  // ---------------------------------------------------------------- filters

  function showKind() {
    for (const link of errors?.querySelectorAll("[data-kind]") ?? []) {
      const isOn = kind?.code === link.dataset.kind && kind.column === link.dataset.kindColumn;
      link.toggleAttribute("aria-current", isOn);
      if (isOn) link.setAttribute("aria-current", "true");
    }
  }
  showKind();
  errors?.addEventListener("click", (event) => {
    const link = event.target.closest("[data-kind]");
    if (!link) return;
    event.preventDefault();
    const isOn = kind?.code === link.dataset.kind && kind.column === link.dataset.kindColumn;
    kind = isOn ? null : { code: link.dataset.kind, column: link.dataset.kindColumn };
    showKind();
    filterAgain();
  });

  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filterAgain, 200);
  });
  onlyFaulty.addEventListener("change", filterAgain);
  allLines?.addEventListener("change", () => (api.deselectAll(), selectionChanged()));

  function filterAgain() {
    unselect();
    api.purgeInfiniteCache();
  }

  // ---------------------------------------------------------------- a table being typed outlives the window

  for (const box of document.querySelectorAll("[data-kept-text]")) {
    const name = `come-quote-text:${place.dataset.owner}:${place.dataset.reference}`;
    try {
      box.value ||= localStorage.getItem(name) ?? "";
      box.addEventListener("input", () => localStorage.setItem(name, box.value));
      box.form.addEventListener("submit", () => localStorage.removeItem(name));
    } catch {
      // A browser that keeps nothing: the box works all the same.
    }
  }
}

if (place && window.agGrid) start();
