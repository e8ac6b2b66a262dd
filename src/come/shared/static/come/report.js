// « Signaler », from any screen: Alt-S opens one sentence; the screen and the last error come along, nobody types them.
const HEADER = "X-Come-Error";
const KEPT = "come-last-error";
const KEPT_MS = 10 * 60_000;

function keep(error) {
  if (error) sessionStorage.setItem(KEPT, JSON.stringify({ error, page: window.location.pathname, at: Date.now() }));
}

// An error is of the screen where it was met, and of the moment.
function lastError() {
  const drawn = document.querySelector("[data-error]");
  if (drawn) return drawn.dataset.error;
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return kept && kept.page === window.location.pathname && Date.now() - kept.at < KEPT_MS ? kept.error : "";
}

// The grid and the imports ask by themselves: what they are refused is read on its way.
function watchAnswers() {
  document.addEventListener("htmx:responseError", (event) => keep(event.detail.xhr.getResponseHeader(HEADER)));
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (!answer.ok) keep(answer.headers.get(HEADER));
    return answer;
  };
}

export function startReport() {
  const dialog = document.querySelector("[data-report]");
  if (!dialog) return;
  const body = dialog.querySelector("[data-report-body]");
  watchAnswers();

  async function open() {
    if (dialog.open) return;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    const asked = new URLSearchParams({ page: window.location.pathname, error: lastError() });
    dialog.showModal();
    const values = Object.fromEntries(asked);
    await window.htmx.ajax("GET", dialog.dataset.reportUrl, { target: body, values });
    body.querySelector("textarea")?.focus();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open-report]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyS") {
      event.preventDefault();
      open();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && dialog.open) {
      body.querySelector("form")?.requestSubmit();
    }
  });
}
