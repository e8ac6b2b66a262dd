// Runs before the first paint: the theme that this person chose, else the system's.
(() => {
  "use strict";
  const choice = localStorage.getItem("come-theme");
  if (choice === "light" || choice === "dark") {
    document.documentElement.dataset.theme = choice;
  }
})();
