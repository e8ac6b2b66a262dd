// Says that the page is old, where nobody is left to write it again; draws it anew when it was written again.
const STALE_MS = 10 * 60_000;
const ASK_MS = 30_000;
const writtenAt = document.body.dataset.writtenAt;

function tell() {
  document.querySelector("[data-stale]").hidden = Date.now() - new Date(writtenAt).getTime() < STALE_MS;
}

async function ask() {
  tell();
  try {
    const answer = await fetch("state.json", { cache: "no-cache" });
    const told = await answer.json();
    if (new Date(told.written_at).getTime() !== new Date(writtenAt).getTime()) window.location.reload();
  } catch {
    // Nobody answers: what is shown stays, with its time.
  }
}

tell();
setInterval(ask, ASK_MS);
