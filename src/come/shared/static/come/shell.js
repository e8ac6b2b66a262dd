// What every screen has: search, shortcuts, rows, selections, dialogs, messages, fragments. No library but htmx.
import { startReport } from "./report.js";
import { startSearch } from "./search.js";
import { startSelections } from "./selection.js";

const RELATIVE = new Intl.RelativeTimeFormat("fr", { numeric: "auto" });
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOAST_MS = 6_000;

function relative(element) {
  const then = new Date(element.getAttribute("datetime"));
  const byDay = element.dataset.relative === "day";
  const gap = then.getTime() - Date.now();
  const size = Math.abs(gap);
  let words = "";
  if (byDay || size >= DAY) {
    const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
    const days = Math.round((midnight(then) - midnight(Date.now())) / DAY);
    if (Math.abs(days) <= 45) words = RELATIVE.format(days, "day");
  } else if (size >= HOUR) {
    words = RELATIVE.format(Math.round(gap / HOUR), "hour");
  } else {
    words = RELATIVE.format(Math.round(gap / MINUTE), "minute");
  }
  delete element.dataset.relative;
  if (!words) return;
  const note = document.createElement("span");
  note.className = "when-relative";
  note.textContent = ` · ${words}`;
  element.after(note);
}

function toast(text, tone = "progress") {
  const template = document.querySelector("[data-toast-template]");
  const place = document.querySelector("[data-toasts]");
  if (!template || !place) return;
  const made = template.content.firstElementChild.cloneNode(true);
  made.className = `toast tone-${tone}`;
  made.querySelector("[data-toast-text]").textContent = text;
  place.append(made);
  dismissLater(made);
}

function dismissLater(element) {
  if (element.dataset.timed || "stay" in element.dataset) return;
  element.dataset.timed = "1";
  let timer = setTimeout(() => element.remove(), TOAST_MS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    timer = setTimeout(() => element.remove(), TOAST_MS);
  };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("pointerleave", release);
  element.addEventListener("focusout", release);
}

function showTheme() {
  const choice = localStorage.getItem("come-theme") ?? "auto";
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
  document.dispatchEvent(new CustomEvent("come:theme", { detail: choice }));
}

// Arrow keys walk from row to row, Home and End to the ends; Enter is the link's own.
function walkRows(event) {
  const link = event.target.closest?.(".row-link");
  if (!link || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const links = [...link.closest("tbody").querySelectorAll(".row-link")];
  const here = links.indexOf(link);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (links[next]) {
    event.preventDefault();
    links[next].focus();
  }
}

function onClick(event) {
  const target = event.target;
  const opener = target.closest("[data-open-dialog]");
  opener?.closest("[data-menu]")?.removeAttribute("open");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (target.closest("[data-close-dialog]")) target.closest("dialog").close();
  if (target instanceof HTMLDialogElement) target.close();
  target.closest("[data-close-toast]")?.closest("[data-toast]").remove();
  const theme = target.closest("[data-theme-choice]");
  if (theme) {
    localStorage.setItem("come-theme", theme.dataset.themeChoice);
    showTheme();
  }
  const copied = target.closest("[data-copy]");
  if (copied) {
    navigator.clipboard.writeText(copied.dataset.copy).then(() => toast(`Copié : ${copied.dataset.copy}`, "done"));
  }
  if (target.closest('[aria-disabled="true"]')) event.preventDefault();
  if (target.closest("[data-go-back]")) {
    if (window.history.length > 1) window.history.back();
    else window.location.assign("/");
  }
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

// A single key acts when no field is being typed in: the element that has data-key is clicked.
function actByKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
  if (!/^[a-z]$/.test(event.key)) return;
  const wanted = document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted || wanted.getAttribute("aria-disabled") === "true") return;
  event.preventDefault();
  wanted.click();
}

function onKey(event) {
  walkRows(event);
  actByKey(event);
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  for (const tip of document.querySelectorAll(".tip:is(:hover, :focus-within)")) {
    tip.classList.add("is-closed");
    const reopen = () => tip.classList.remove("is-closed");
    tip.addEventListener("pointerleave", reopen, { once: true });
    tip.addEventListener("focusout", reopen, { once: true });
  }
}

// A form sent twice is one act (the server knows it by its request id); the second click is not even sent.
function onSubmit(event) {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!("once" in form.dataset) || form.hasAttribute("hx-post")) return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  form.setAttribute("aria-busy", "true");
}

function fragmentFailed(event) {
  const fragment = event.target.closest?.("[data-fragment]");
  const template = document.querySelector("[data-fragment-error]");
  if (!fragment || !template) {
    toast("La demande n’a pas abouti. Rien n’a été perdu : réessayez.", "blocked");
    return;
  }
  const waiting = [...fragment.childNodes].map((node) => node.cloneNode(true));
  fragment.replaceChildren(template.content.cloneNode(true));
  fragment.setAttribute("aria-busy", "false");
  fragment.querySelector("[data-retry]").addEventListener("click", () => {
    fragment.replaceChildren(...waiting);
    fragment.setAttribute("aria-busy", "true");
    window.htmx.ajax("GET", fragment.getAttribute("hx-get"), { source: fragment, target: fragment, swap: "outerHTML" });
  });
}

function enliven(root) {
  for (const element of root.querySelectorAll("time[data-relative]")) relative(element);
  for (const element of root.querySelectorAll("[data-toast]")) dismissLater(element);
  for (const dialog of root.querySelectorAll("dialog[data-open-now]")) {
    dialog.removeAttribute("data-open-now");
    dialog.showModal();
  }
  startSelections(root);
}

// What is drawn again by itself must not take the keyboard from who is on it: htmx finds again what has an id, this the rest.
function keepFocus() {
  const like = (element) => (other) =>
    ["href", "name", "value", "type"].every((name) => other.getAttribute(name) === element.getAttribute(name)) &&
    other.textContent.trim() === element.textContent.trim();
  let find = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    find = null;
    if (!active || active === document.body || active.id) return;
    const alike = () => [...document.querySelectorAll(active.localName)].filter(like(active));
    const place = alike().indexOf(active);
    find = () => (active.isConnected ? null : alike()[place]);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement === document.body) find?.()?.focus({ preventScroll: true });
    find = null;
  });
}

function watchRequests() {
  const bar = document.querySelector("[data-load-bar]");
  let running = 0;
  let timer = 0;
  const begin = () => {
    running += 1;
    timer ||= setTimeout(() => bar?.classList.add("is-busy"), 250);
  };
  const end = () => {
    running = Math.max(0, running - 1);
    if (running) return;
    clearTimeout(timer);
    timer = 0;
    bar?.classList.remove("is-busy");
  };
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", end);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, fragmentFailed);
  }
  document.addEventListener("htmx:afterSettle", (event) => enliven(event.detail.elt.parentElement ?? document));
  // A refused act answers 4xx with a drawn explanation: show it where the answer was to go.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status >= 400 && xhr.getResponseHeader("X-Come-Fragment") === "refusal") {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
}

document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit, true);
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll('form[aria-busy="true"]')) form.removeAttribute("aria-busy");
});
watchRequests();
keepFocus();
showTheme();
startSearch();
startReport();
enliven(document);

export { toast };
