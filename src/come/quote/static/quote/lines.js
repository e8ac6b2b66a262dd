// The grid of a quote's lines: windows of rows from the server, cells edited in place, tables pasted anywhere on the page.
import { makeGrid, parseTable } from "/static/come/grid.js";
import { toast } from "/static/come/shell.js";

const place = document.getElementById("lines");
const WINDOW = 100;
const WIDTHS = { position: 60, user_label: 150, plan: 190, options: 170, device: 190, msisdn: 130, rio: 132, iccid: 186, imei: 150, monthly: 112, one_off: 112, why: 230 };

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

// randomUUID exists on secure addresses alone; an agency may read the product over its own plain network.
function actId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

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

// What is wrong with a cell is read with it, not only shown by its colour.
function cellWords({ value, data, colDef }) {
  const why = data?.issues?.[colDef.field];
  const shown = document.createElement("span");
  shown.textContent = value ?? "";
  if (why) {
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.textContent = ` (${words.fault} : ${why})`;
    shown.append(said);
  }
  return shown;
}

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": token(),
      "Idempotency-Key": actId(),
    },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error([said.detail, said.next_step].filter(Boolean).join(" ") || words.failed);
  return said;
}

const words = place ? JSON.parse(place.dataset.words) : {};

function start() {
  const isEditable = place.dataset.editable === "1";
  const tools = document.querySelector("[data-grid-tools]");
  const search = tools.querySelector("[data-line-search]");
  const onlyFaulty = tools.querySelector("[data-only-faulty]");
  const allLines = tools.querySelector("[data-all-lines]");
  const choices = JSON.parse(place.dataset.choices);
  const known = new Map();
  let matching = 0;
  const status = document.querySelector("[data-grid-status]");
  let isEmpty = false;
  let toCorrect = Number(place.dataset.toCorrect);

  const filters = () => ({ text: search.value.trim(), only_to_correct: onlyFaulty.checked });

  const datasource = {
    async getRows({ startRow, endRow, successCallback, failCallback }) {
      const address = new URL(place.dataset.rowsUrl, window.location.href);
      address.searchParams.set("offset", startRow);
      address.searchParams.set("limit", endRow - startRow);
      if (search.value.trim()) address.searchParams.set("q", search.value.trim());
      if (onlyFaulty.checked) address.searchParams.set("a-corriger", "1");
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = await answer.json();
        showEmpty(page.line_count === 0);
        matching = page.total;
        for (const row of page.rows) known.set(row.id, row);
        // The reasons take their room only where there is one to read.
        api.setColumnsVisible(["why"], [...known.values()].some((row) => row.why));
        selectionChanged();
        successCallback(page.rows.map((row) => ({ ...row })), page.total);
      } catch {
        failCallback();
      }
    },
  };

  const columns = [
    { field: "position", headerName: words.position, width: WIDTHS.position, sortable: false, pinned: "left" },
    ...JSON.parse(place.dataset.columns).map(([field, headerName]) => ({
      field,
      headerName,
      editable: isEditable,
      sortable: false,
      width: WIDTHS[field] ?? 150,
      cellRenderer: cellWords,
      ...(choices[field] && { cellEditor: ChoiceEditor, cellEditorParams: { names: choices[field].map(([, name]) => name) } }),
    })),
    { field: "one_off", headerName: words.once, width: WIDTHS.one_off, type: "rightAligned", sortable: false },
    { field: "monthly", headerName: words.monthly, width: WIDTHS.monthly, type: "rightAligned", sortable: false, pinned: "right" },
    { field: "why", headerName: words.why, width: WIDTHS.why, sortable: false, pinned: "right", hide: true, tooltipValueGetter: ({ value }) => value || null },
  ];

  // A grid that is drawn hidden measures nothing.
  showEmpty(document.querySelector("[data-plain-lines] table") === null && !onlyFaulty.checked && !search.value);
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
      maxBlocksInCache: 20,
      rowSelection: isEditable ? { mode: "multiRow", checkboxes: true, headerCheckbox: false, enableClickSelection: false } : undefined,
      selectionColumnDef: { pinned: "left", width: 44, resizable: false },
      onSelectionChanged: selectionChanged,
      onCellClicked: ({ column, node }) => column.getColId() === "why" && goToFault(node),
      onCellKeyDown: ({ column, node, event }) => event.key === "Enter" && column.getColId() === "why" && goToFault(node),
    },
  });

  function showEmpty(wanted) {
    isEmpty = wanted;
    place.hidden = isEmpty;
    tools.hidden = isEmpty;
    document.querySelector("[data-plain-lines]").hidden = !isEmpty;
  }

  function selectedIds() {
    return api.getSelectedRows().map((row) => row.id);
  }

  // From what is to correct to the cell itself, which may lie out of sight.
  function goToFault({ data, rowIndex }) {
    const field = columns.find((one) => data?.issues?.[one.field])?.field;
    if (!field) return;
    api.ensureColumnVisible(field);
    api.setFocusedCell(rowIndex, field);
  }

  // Which lines an act is about: those that are ticked, or every line that the filters show, drawn or not.
  function selected() {
    return allLines?.checked ? { all_matching: true, ...filters() } : { ids: selectedIds() };
  }

  function selectionChanged() {
    const count = allLines?.checked ? matching : selectedIds().length;
    for (const button of document.querySelectorAll("[data-needs-selection]")) button.disabled = count === 0;
    const said = `${count.toLocaleString("fr-FR")} ${count > 1 ? words.selected : words.selected_one}`;
    status.textContent = count ? said : "";
    const inDialog = document.querySelector("[data-selection-said]");
    if (inDialog) inDialog.textContent = said;
  }

  function unselect() {
    if (allLines) allLines.checked = false;
    api.deselectAll();
    selectionChanged();
  }

  // What the person saw goes with the edit: a colleague's change in between is said, not overwritten.
  function editCell(row, field, value) {
    const before = known.get(row.id);
    const body = { changes: { [row.id]: { [field]: value } } };
    if (before && field in before) body.seen = { [row.id]: { [field]: before[field] } };
    // Until the row is read again, what it holds is ours: the server may write a name in full.
    if (before) delete before[field];
    return act(place.dataset.editUrl, body);
  }

  // One act after the other: an edit that is typed while the last one travels waits for it.
  let queue = Promise.resolve();
  function act(address, body) {
    queue = queue.then(async () => {
      try {
        const said = await send(address, body);
        if (said.said) toast(said.said, said.to_correct ? "waiting" : "done");
        // The next act of the page depends on what is left to correct.
        if (isEmpty || said.to_correct === undefined || said.to_correct !== toCorrect) await headerMayChange();
        toCorrect = said.to_correct ?? toCorrect;
        const undoing = document.querySelector("[data-undo]");
        if (undoing) undoing.disabled = false;
      } catch (error) {
        toast(error.message, "blocked");
      }
      refresh();
    });
    return queue;
  }

  function refresh() {
    known.clear();
    api.refreshInfiniteCache();
    document.body.dispatchEvent(new CustomEvent("come:lines"));
  }

  function paste(text) {
    const cells = parseTable(text);
    const isColumn = cells.length > 1 && cells.every((row) => row.length === 1);
    const focused = api.getFocusedCell();
    const row = focused && api.getDisplayedRowAtIndex(focused.rowIndex)?.data;
    const field = focused?.column.getColId();
    if (row && isColumn && columns.some((one) => one.field === field && one.editable)) {
      return act(place.dataset.editUrl, { line_id: row.id, field, values: cells.map(([value]) => value), ...filters() });
    }
    status.textContent = words.pasted;
    return act(place.dataset.pasteUrl, { text });
  }

  // The primary button and the counts follow the lines: they are drawn by the server.
  function headerMayChange() {
    const url = window.location.href;
    return fetch(url, { headers: { Accept: "text/html" } })
      .then((answer) => answer.text())
      .then((html) => {
        const fresh = new DOMParser().parseFromString(html, "text/html");
        for (const part of [".page-header", "#lines-card .card-count"]) {
          const [before, after] = [document.querySelector(part), fresh.querySelector(part)];
          if (before && after) before.replaceWith(after);
        }
      });
  }

  document.addEventListener("paste", (event) => {
    if (!isEditable || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text.trim()) return;
    if (!/[\t\n]/.test(text.trim())) {
      const focused = api.getFocusedCell();
      const row = focused && api.getDisplayedRowAtIndex(focused.rowIndex)?.data;
      if (!row || !columns.some((one) => one.field === focused.column.getColId() && one.editable)) return;
      event.preventDefault();
      editCell(row, focused.column.getColId(), text.trim());
      return;
    }
    event.preventDefault();
    paste(text);
  });

  place.addEventListener("keydown", (event) => {
    const isTyping = api.getEditingCells().length > 0;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isTyping && isEditable) {
      event.preventDefault();
      act(place.dataset.undoUrl, {});
    }
  });
  document.querySelector("[data-undo]")?.addEventListener("click", () => act(place.dataset.undoUrl, {}));
  document.querySelector("[data-remove]")?.addEventListener("click", () => {
    const lines = selected();
    unselect();
    act(place.dataset.removeUrl, lines);
  });
  document.querySelector("[data-selection-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    const { add_option, remove_option, ...others } = given;
    const cells = Object.fromEntries(Object.entries(others).filter(([, value]) => value));
    event.target.closest("dialog").close();
    act(place.dataset.selectionUrl, { ...selected(), cells, add_option, remove_option });
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
    known.clear();
    api.purgeInfiniteCache();
  }
}

if (place && window.agGrid) start();
