// The one search box: a dialog with a combobox. Ctrl-K or « / » opens it, arrows choose, Enter goes.
const TEXT_FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";

export function startSearch() {
  const dialog = document.querySelector("[data-search]");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("#search-results");
  const status = dialog.querySelector("[data-search-status]");
  let chosen = -1;
  let waiting = false;

  const hits = () => [...list.querySelectorAll('[role="option"]')];

  function choose(index) {
    const all = hits();
    for (const hit of all) hit.setAttribute("aria-selected", "false");
    chosen = all.length ? (index + all.length) % all.length : -1;
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    all[chosen].setAttribute("aria-selected", "true");
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    input.dispatchEvent(new CustomEvent("open-search"));
  }

  function go(beside) {
    const hit = hits()[chosen];
    if (!hit) return;
    if (beside) window.open(hit.href, "_blank", "noopener");
    else window.location.assign(hit.href);
  }

  function onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Typed faster than the answer came: go as soon as it is there.
      if (waiting) dialog.dataset.goWhenReady = event.ctrlKey || event.metaKey ? "beside" : "here";
      else go(event.ctrlKey || event.metaKey);
    }
  }

  input.addEventListener("keydown", onKey);
  input.addEventListener("input", () => {
    waiting = true;
  });
  dialog.addEventListener("close", () => {
    delete dialog.dataset.goWhenReady;
    input.setAttribute("aria-expanded", "false");
  });
  dialog.addEventListener("htmx:afterSwap", (event) => {
    // An answer to what was typed before is shown, but Enter waits for the answer to what is typed now.
    const isCurrent = String(event.detail.requestConfig.parameters.q ?? "") === input.value;
    if (isCurrent) waiting = false;
    const count = hits().length;
    input.setAttribute("aria-expanded", String(count > 0));
    status.textContent = `${count} ${dialog.dataset.countText}`;
    choose(0);
    if (!isCurrent) return;
    const wish = dialog.dataset.goWhenReady;
    delete dialog.dataset.goWhenReady;
    if (wish) go(wish === "beside");
  });
  dialog.addEventListener("htmx:responseError", () => {
    waiting = false;
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open-search]")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const isCtrlK = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !event.ctrlKey && !event.altKey && !event.target.closest?.(TEXT_FIELDS);
    if (!isCtrlK && !isSlash) return;
    event.preventDefault();
    open();
  });
}
