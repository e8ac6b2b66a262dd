// Cells chosen as a rectangle: by Shift and arrows, by the mouse, filled down by Ctrl D or by the handle of the last cell.

const HANDLE = 9;

/**
 * Follow the rectangle on a grid. `fields()` are the columns that may be written, in the order of the screen; `total()` the rows
 * shown; onChange when it changes; onFill({first, last, to}) when the handle was drawn from the rectangle down to row `to`.
 */
export function makeRanges({ place, api, fields, total, onChange, onFill }) {
  let range = null;
  let drawn = null;
  let kept = new Map();

  const focused = () => {
    const cell = api.getFocusedCell();
    return cell && { row: cell.rowIndex, field: cell.column.getColId() };
  };
  const isEditing = () => api.getEditingCells().length > 0;

  /** The rectangle, or the focused cell as one; null outside the columns that may be written. */
  function current() {
    const all = fields();
    if (range) {
      const [a, b] = [all.indexOf(range.from.field), all.indexOf(range.to.field)];
      if (a < 0 || b < 0) return null;
      return {
        first: Math.min(range.from.row, range.to.row),
        last: Math.max(range.from.row, range.to.row),
        fields: all.slice(Math.min(a, b), Math.max(a, b) + 1),
      };
    }
    const cell = focused();
    return cell && all.includes(cell.field) ? { first: cell.row, last: cell.row, fields: [cell.field] } : null;
  }

  function set(from, to) {
    range = from.row === to.row && from.field === to.field ? null : { from, to };
    // The first row may leave the cache while the rectangle grows.
    for (const row of [from.row, to.row]) {
      const data = api.getDisplayedRowAtIndex(row)?.data;
      if (data) kept.set(row, data);
    }
    redraw();
  }

  function clear() {
    if (!range && !drawn) return;
    range = null;
    drawn = null;
    kept = new Map();
    redraw();
  }

  function redraw() {
    place.classList.toggle("has-rectangle", range !== null);
    api.refreshCells({ force: true });
    onChange?.(current());
  }

  /** The data of a row that is drawn, or that the rectangle began on. */
  function row(index) {
    return api.getDisplayedRowAtIndex(index)?.data ?? kept.get(index);
  }

  const rules = {
    "cell-chosen": ({ rowIndex, colDef }) => {
      if (!range) return false;
      const now = current();
      return now !== null && rowIndex >= now.first && rowIndex <= now.last && now.fields.includes(colDef.field);
    },
    "cell-filled": ({ rowIndex, colDef }) => {
      const now = drawn !== null && current();
      return Boolean(now) && rowIndex > now.last && rowIndex <= drawn && now.fields.includes(colDef.field);
    },
    "cell-corner": ({ rowIndex, colDef }) => {
      const now = range && current();
      return Boolean(now) && rowIndex === now.last && now.fields.at(-1) === colDef.field;
    },
  };

  function extend(event) {
    const cell = focused();
    const all = fields();
    if (!cell || !all.includes(cell.field)) return;
    const from = range?.from ?? cell;
    const to = { ...(range?.to ?? cell) };
    const far = event.ctrlKey || event.metaKey;
    if (event.key === "ArrowDown") to.row = far ? total() - 1 : Math.min(total() - 1, to.row + 1);
    if (event.key === "ArrowUp") to.row = far ? 0 : Math.max(0, to.row - 1);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0;
    to.field = all[Math.max(0, Math.min(all.length - 1, all.indexOf(to.field) + step))];
    event.preventDefault();
    event.stopPropagation();
    api.ensureIndexVisible(to.row);
    api.ensureColumnVisible(to.field);
    set(from, to);
  }

  place.addEventListener(
    "keydown",
    (event) => {
      if (isEditing()) return;
      if (event.shiftKey && event.key.startsWith("Arrow")) extend(event);
      else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Enter", "Tab", "Escape", "Home", "End"].includes(event.key)) clear();
    },
    true,
  );

  function cellAt(target) {
    const cell = target.closest?.(".ag-cell");
    const line = target.closest?.(".ag-row");
    const field = cell?.getAttribute("col-id");
    if (!cell || !line || !fields().includes(field)) return null;
    return { row: Number(line.getAttribute("row-index")), field, element: cell };
  }

  let mouse = null;
  place.addEventListener("mousedown", (event) => {
    if (event.button !== 0 || isEditing()) return;
    const cell = cellAt(event.target);
    if (!cell) return;
    const box = cell.element.getBoundingClientRect();
    const isCorner = cell.element.classList.contains("cell-corner") || (!range && cell.element.classList.contains("ag-cell-focus"));
    if (isCorner && event.clientX > box.right - HANDLE && event.clientY > box.bottom - HANDLE) {
      mouse = { isFill: true };
      drawn = current().last;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.shiftKey && focused()) {
      event.preventDefault();
      set(range?.from ?? focused(), { row: cell.row, field: cell.field });
      return;
    }
    clear();
    mouse = { from: { row: cell.row, field: cell.field } };
  }, true);
  place.addEventListener("mousemove", (event) => {
    if (!mouse || event.buttons !== 1) return;
    const cell = cellAt(event.target);
    if (!cell) return;
    if (mouse.isFill) {
      if (cell.row !== drawn) {
        drawn = Math.max(current().last, cell.row);
        redraw();
      }
    } else if (range || cell.row !== mouse.from.row || cell.field !== mouse.from.field) set(mouse.from, { row: cell.row, field: cell.field });
  });
  window.addEventListener("mouseup", () => {
    const was = mouse;
    mouse = null;
    if (!was?.isFill) return;
    const now = current();
    const to = drawn;
    drawn = null;
    redraw();
    if (now && to > now.last) onFill?.({ ...now, to });
  });

  return { current, clear, row, rules, get isWide() { return range !== null; } };
}
