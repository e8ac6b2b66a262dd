// The grid of a quote's lines: windows of rows from the server, cells edited in place, tables pasted anywhere on the page.
import { makeGrid, parseTable } from "/static/come/grid.js";
import { toast } from "/static/come/shell.js";

const place = document.getElementById("lines");
const WINDOW = 100;
const NARROW = { position: 64, msisdn: 138, rio: 132, iccid: 186, imei: 150, monthly: 118, one_off: 118 };

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": token(),
      "Idempotency-Key": crypto.randomUUID(),
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
        successCallback(page.rows, page.total);
      } catch {
        failCallback();
      }
    },
  };

  const columns = [
    { field: "position", headerName: words.position, width: NARROW.position, sortable: false, pinned: "left" },
    ...JSON.parse(place.dataset.columns).map(([field, headerName]) => ({
      field,
      headerName,
      editable: isEditable,
      sortable: false,
      width: NARROW[field] ?? 170,
    })),
    { field: "monthly", headerName: words.monthly, width: NARROW.monthly, type: "rightAligned", sortable: false },
    { field: "one_off", headerName: words.once, width: NARROW.one_off, type: "rightAligned", sortable: false },
    { field: "why", headerName: words.why, minWidth: 260, flex: 1, sortable: false, tooltipValueGetter: ({ value }) => value || null },
  ];

  // A grid that is drawn hidden measures nothing.
  showEmpty(document.querySelector("[data-plain-lines] table") === null && !onlyFaulty.checked && !search.value);
  const api = makeGrid(place, {
    columns,
    label: words.label,
    onChange: ({ row, field, value }) => act(place.dataset.editUrl, { changes: { [row.id]: { [field]: value ?? "" } } }),
    options: {
      rowHeight: 32,
      headerHeight: 34,
      rowModelType: "infinite",
      datasource,
      cacheBlockSize: WINDOW,
      maxBlocksInCache: 20,
      rowSelection: isEditable ? { mode: "multiRow", checkboxes: true, headerCheckbox: false, enableClickSelection: false } : undefined,
      onSelectionChanged: selectionChanged,
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

  function selectionChanged() {
    const count = selectedIds().length;
    for (const button of document.querySelectorAll("[data-needs-selection]")) button.disabled = count === 0;
    const said = `${count} ${words.selected}`;
    status.textContent = count ? said : "";
    const inDialog = document.querySelector("[data-selection-said]");
    if (inDialog) inDialog.textContent = said;
  }

  // One act after the other: an edit that is typed while the last one travels waits for it.
  let queue = Promise.resolve();
  function act(address, body) {
    queue = queue.then(async () => {
      try {
        const said = await send(address, body);
        if (said.said) toast(said.said, said.to_correct ? "waiting" : "done");
        // The next act of the page depends on what is left to correct.
        if (said.to_correct === undefined || said.to_correct !== toCorrect) await headerMayChange();
        toCorrect = said.to_correct ?? toCorrect;
      } catch (error) {
        toast(error.message, "blocked");
      }
      refresh();
    });
    return queue;
  }

  function refresh() {
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
      act(place.dataset.editUrl, { changes: { [row.id]: { [focused.column.getColId()]: text.trim() } } });
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
    const ids = selectedIds();
    api.deselectAll();
    act(place.dataset.removeUrl, { ids });
  });
  document.querySelector("[data-selection-form]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    const { add_option, remove_option, ...others } = given;
    const cells = Object.fromEntries(Object.entries(others).filter(([, value]) => value));
    event.target.closest("dialog").close();
    act(place.dataset.selectionUrl, { ids: selectedIds(), cells, add_option, remove_option });
  });
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => api.purgeInfiniteCache(), 200);
  });
  onlyFaulty.addEventListener("change", () => api.purgeInfiniteCache());
}

if (place && window.agGrid) start();
