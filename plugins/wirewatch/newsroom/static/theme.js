// Light or dark as Airflow's UI is set, which keeps its choice under "theme"; loaded before anything is drawn.
(() => {
  "use strict";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("theme");
    } catch (error) {
      console.warn("Newsroom: can't read the stored theme; using the system's.", error);
    }
    const dark = chosen === "dark" || (chosen !== "light" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  addEventListener("storage", apply);
  system.addEventListener("change", apply);
})();
