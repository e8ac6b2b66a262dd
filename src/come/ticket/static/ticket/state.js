// Says that the page is old, where nobody is left to write it again.
const STALE_MS = 10 * 60_000;
const writtenAt = new Date(document.body.dataset.writtenAt);
const tell = () => {
  document.querySelector("[data-stale]").hidden = Date.now() - writtenAt.getTime() < STALE_MS;
};
tell();
setInterval(tell, 15_000);
