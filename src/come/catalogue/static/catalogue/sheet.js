// An offer being written: messages beside their field after each save, the keyboard where a row appears, nothing lost on leaving.
const form = document.querySelector("[data-sheet]");
let isDirty = false;

function slotOf(path) {
  return form.querySelector(`[data-field="${CSS.escape(path)}"]`);
}

function showProblems() {
  for (const old of form.querySelectorAll(".field-error")) old.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  for (const item of document.querySelectorAll("[data-problems] [data-path]")) {
    const slot = slotOf(item.dataset.path);
    if (!slot) continue;
    const said = document.createElement("span");
    said.className = "field-error";
    said.id = `e-${item.dataset.path.replaceAll(".", "-")}-0`;
    said.textContent = item.dataset.message;
    if (!document.getElementById(said.id)) {
      const input = slot.querySelector("input, select, textarea");
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", said.id);
    } else {
      said.removeAttribute("id");
    }
    slot.append(said);
  }
}

// Where the keyboard goes once a row came or went: the section that htmx draws again, known by the button that asked.
let wanted = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const button = event.detail.requestConfig?.elt;
  if (button?.dataset?.rowButton) wanted = { id: event.detail.target.id, act: button.dataset.rowButton };
});

document.addEventListener("htmx:afterSettle", () => {
  if (!form) return;
  showProblems();
  const section = wanted && document.getElementById(wanted.id);
  if (!section) return;
  const rows = section.querySelectorAll(".sheet-row");
  const last = rows[rows.length - 1];
  const target = (wanted.act !== "remove" && last?.querySelector("input, select, textarea")) || section.querySelector('[data-row-button="add"]');
  wanted = null;
  target?.focus();
});

if (form) {
  // A tariff of its own is described only where the offer asks for one.
  form.addEventListener("change", (event) => {
    const part = document.getElementById("section-tariff");
    if (part && event.target.name === "offering.tariff") part.hidden = event.target.value !== "+";
  });
  form.addEventListener("input", () => {
    isDirty = true;
  });
  document.addEventListener("htmx:beforeRequest", () => {
    isDirty = false;
  });
  // What is typed in a field that was not left yet goes too.
  window.addEventListener("pagehide", () => {
    if (isDirty) navigator.sendBeacon(form.action, new FormData(form));
  });
}
