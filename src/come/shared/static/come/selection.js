// Choose rows, all rows of the page, or all that match the filters; Shift extends from the last one clicked.
// By keyboard: Space ticks, Enter goes from a row to the acts of the bar, Escape comes back to the row.
export function startSelections(root) {
  const bars = root.matches?.("[data-selection-bar]") ? [root] : root.querySelectorAll("[data-selection-bar]");
  for (const bar of bars) {
    if (bar.dataset.started) continue;
    bar.dataset.started = "1";
    start(bar);
  }
}

function start(bar) {
  const form = bar.closest("form");
  const every = form.querySelector("[data-select-all]");
  const word = bar.querySelector("[data-selection-word]");
  const count = bar.querySelector("[data-selection-count]");
  const matching = bar.querySelector('input[name="all_matching"]');
  const total = Number(bar.dataset.total);
  const boxes = () => [...form.querySelectorAll("[data-select]")];
  const written = (value) => new Intl.NumberFormat("fr").format(value);
  let last = null;

  function show() {
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    const isEvery = matching.value === "1";
    bar.hidden = ticked === 0;
    count.textContent = written(isEvery ? total : ticked);
    word.textContent = isEvery ? word.dataset.every : word.dataset.some;
    bar.querySelector("[data-select-matching]").hidden = isEvery || total <= ticked;
    if (every) {
      every.checked = ticked > 0 && ticked === all.length;
      every.indeterminate = ticked > 0 && ticked < all.length;
    }
    form.dispatchEvent(new CustomEvent("come:selection", { detail: { count: isEvery ? total : ticked, isEvery } }));
  }

  function tickAll(checked) {
    for (const box of boxes()) box.checked = checked;
    matching.value = "";
  }

  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select]");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar.contains(event.target)) (last ?? every)?.focus();
    if (event.key !== "Enter" || !event.target.matches("input, select")) return;
    // Enter would press the first button of the form, whatever it does: it goes to the acts, or presses the dialog's own.
    const inDialog = event.target.closest("dialog")?.querySelector('.dialog-body button[type="submit"]');
    if (!inDialog && !event.target.matches("[data-select], [data-select-all]")) return;
    event.preventDefault();
    if (inDialog) form.requestSubmit(inDialog);
    else if (!bar.hidden) bar.querySelector("button[type=submit], .cluster button")?.focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target === every) tickAll(every.checked);
    else if (event.target.matches("[data-select]")) matching.value = "";
    else return;
    show();
  });
  bar.querySelector("[data-select-matching]").addEventListener("click", () => {
    tickAll(true);
    matching.value = "1";
    show();
  });
  bar.querySelector("[data-select-none]").addEventListener("click", () => {
    tickAll(false);
    show();
    every?.focus();
  });
  show();
}
