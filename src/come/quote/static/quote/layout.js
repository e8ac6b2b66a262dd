// The columns of the grid as a person likes them: order, width, hidden or shown. Kept on the server, they follow the person.

const SAVE_MS = 600;

/** Put columns in the kept order, hide and size them as kept; columns that are not named come after. */
export function arranged(columns, layout) {
  const places = new Map(layout.map((one, place) => [one.name, { ...one, place }]));
  return columns
    .map((one) => {
      const kept = places.get(one.field);
      return kept ? { ...one, hide: kept.is_hidden, width: kept.width } : one;
    })
    .sort((a, b) => (places.get(a.field)?.place ?? columns.length) - (places.get(b.field)?.place ?? columns.length));
}

export function followLayout({ api, names, post, reset, words }) {
  let timer;
  const state = () =>
    api
      .getColumnState()
      .filter(({ colId }) => names.has(colId))
      .map(({ colId, hide, width }) => ({ name: colId, is_hidden: Boolean(hide), width: Math.round(width) }));

  function save() {
    clearTimeout(timer);
    timer = setTimeout(() => post(state()), SAVE_MS);
  }

  api.addEventListener("columnMoved", ({ finished }) => finished && save());
  api.addEventListener("columnResized", ({ finished, source }) => finished && source !== "api" && save());

  const dialog = document.getElementById("columns-dialog");
  const form = dialog?.querySelector("[data-columns-form]");
  const list = dialog?.querySelector("[data-column-list]");
  if (!form) return;

  function item({ name, is_hidden }) {
    const line = document.createElement("li");
    line.dataset.name = name;
    const label = document.createElement("label");
    label.className = "choice";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !is_hidden });
    const said = document.createElement("span");
    said.textContent = names.get(name);
    label.append(box, said);
    line.append(label, mover(line, -1, "↑", words.up), mover(line, 1, "↓", words.down));
    return line;
  }

  function mover(line, step, sign, word) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-ghost", textContent: sign });
    button.setAttribute("aria-label", `${word} : ${names.get(line.dataset.name)}`);
    button.addEventListener("click", () => {
      const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(line);
      else other.after(line);
      button.focus();
    });
    return button;
  }

  const fill = (columns) => list.replaceChildren(...columns.map(item));
  // The dialog says what the grid shows now.
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-open-dialog="columns-dialog"]')) fill(state());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = [...list.children].map((line) => ({ colId: line.dataset.name, hide: !line.querySelector("input").checked }));
    api.applyColumnState({ state: wanted, applyOrder: true });
    dialog.close();
    save();
  });
  form.querySelector("[data-columns-reset]").addEventListener("click", () => {
    dialog.close();
    reset();
  });
}
