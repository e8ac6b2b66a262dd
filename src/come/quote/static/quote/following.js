// What colleagues do to the same quote: asked every few seconds, told in words, their cells marked for a while.

const EVERY_MS = 2500;
const MARKED_MS = 20_000;

/** Follow a quote from a revision on, as long as it may change; onNews({edits, is_whole, state}) when it did. */
export function follow({ address, revision, isLive, onNews }) {
  let seen = revision;
  let asking = null;
  const marks = new Map();

  async function ask() {
    const url = new URL(address, window.location.href);
    url.searchParams.set("depuis", seen);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const news = await answer.json();
    if (news.revision <= seen) return;
    seen = news.revision;
    const others = news.edits.filter((one) => !one.is_own);
    for (const edit of others) mark(edit);
    await onNews({ ...news, edits: others });
  }

  function mark({ who, lines }) {
    for (const [id, columns] of Object.entries(lines)) {
      const key = marks.get(id) ?? new Map();
      for (const column of columns.length ? columns : ["*"]) key.set(column, who);
      marks.set(id, key);
      setTimeout(() => marks.delete(id), MARKED_MS);
    }
  }

  /** Ask now; one question at a time. */
  function now() {
    asking ??= ask()
      .catch(() => {})
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  if (isLive) {
    setInterval(() => document.visibilityState === "visible" && now(), EVERY_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  }
  return {
    now,
    /** Who changed a cell lately, or undefined. */
    author: (id, field) => marks.get(id)?.get(field) ?? marks.get(id)?.get("*"),
    get revision() {
      return seen;
    },
  };
}
