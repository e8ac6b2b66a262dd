// Acts on their way to the server, one after the other. Each is kept in this browser until it is answered: a cut network or a
// closed window loses nothing, and an act that is sent twice is done once (Idempotency-Key).

const RETRY_MS = 2000;

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

// randomUUID exists on secure addresses alone; an agency may read the product over its own plain network.
function actId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the server refused, with every reason. */
export class Refused extends Error {
  constructor(status, said, fallback) {
    super([said.detail, said.next_step].filter(Boolean).join(" ") || fallback);
    this.status = status;
    this.code = said.code ?? "";
    this.errors = said.errors ?? [];
  }
}

class Away extends Error {}

async function send({ id, address, body }, failed) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(), "Idempotency-Key": id },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Away();
  }
  // The session is over: the act waits for who signs in again.
  if (answer.redirected || answer.status === 401) throw new Away();
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said, failed);
  return said;
}

/**
 * Make an outbox kept under `name`. onState({waiting, left}) when the network goes or comes back, or when acts of an earlier page
 * are left; `push(address, body)` resolves with the answer and rejects with Refused.
 */
export function makeOutbox({ name, failed, onState }) {
  const acts = [];
  let left = read();
  let isRunning = false;
  let isWaiting = false;
  let isKept = true;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "[]");
    } catch {
      return [];
    }
  }

  function keep() {
    const all = [...left, ...acts].map(({ id, address, body }) => ({ id, address, body }));
    try {
      if (all.length) localStorage.setItem(name, JSON.stringify(all));
      else localStorage.removeItem(name);
      isKept = true;
    } catch {
      // More than a browser keeps: leaving the page asks first.
      isKept = false;
    }
  }

  function tell(waiting) {
    isWaiting = waiting;
    onState?.({ waiting, left: left.length });
  }

  async function run() {
    if (isRunning) return;
    isRunning = true;
    while (acts.length) {
      const act = acts[0];
      try {
        const said = await send(act, failed);
        acts.shift();
        keep();
        if (isWaiting) tell(false);
        act.resolve(said);
      } catch (error) {
        if (error instanceof Away) {
          if (!isWaiting) tell(true);
          await new Promise((wake) => {
            setTimeout(wake, RETRY_MS);
            window.addEventListener("online", wake, { once: true });
          });
          continue;
        }
        acts.shift();
        keep();
        act.reject(error);
      }
    }
    isRunning = false;
  }

  function enqueue(act) {
    return new Promise((resolve, reject) => {
      acts.push({ ...act, resolve, reject });
      keep();
      run();
    });
  }

  window.addEventListener("beforeunload", (event) => {
    if (acts.length && !isKept) event.preventDefault();
  });
  if (left.length) setTimeout(() => tell(false));

  return {
    push: (address, body) => enqueue({ id: actId(), address, body }),
    /** Send again what an earlier page could not; resolves with the answers. */
    resume() {
      const again = left;
      left = [];
      tell(isWaiting);
      return Promise.allSettled(again.map(enqueue));
    },
    forget() {
      left = [];
      keep();
      tell(isWaiting);
    },
    get size() {
      return acts.length;
    },
  };
}
