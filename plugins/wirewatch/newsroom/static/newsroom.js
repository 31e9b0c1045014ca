// What the pages do beyond plain HTML; each works without it.
(() => {
  "use strict";
  const framed = window.top !== window.self;
  const status = document.getElementById("status");
  const say = (words) => {
    status.textContent = words;
    status.classList.add("shown");
    setTimeout(() => status.classList.remove("shown"), 6000);
  };

  // Airflow's frame opens no new tabs and sites refuse to be framed: there, a click copies the address.
  for (const link of document.querySelectorAll("a.source")) {
    if (!framed) {
      link.target = "_blank";
      continue;
    }
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(link.href);
        say("Address copied. Airflow’s frame opens no new tabs: paste it into one.");
      } catch (error) {
        console.warn("Newsroom: no access to the clipboard.", error);
        say(`Airflow’s frame opens no new tabs. The address: ${link.href}`);
      }
    });
  }

  // In a narrow window the filters would push the stories out of sight.
  for (const filters of document.querySelectorAll("details.filters[data-narrowing='0']")) {
    filters.open = matchMedia("(min-width: 901px)").matches;
  }

  // A bar leads to its rows; the table beside it has the same links for the keyboard.
  for (const bar of document.querySelectorAll("rect[data-href]")) {
    bar.addEventListener("click", () => location.assign(bar.dataset.href));
  }

  // A choice among filters takes effect at once.
  for (const form of document.querySelectorAll("form[data-instant]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }

  // Only a core article has an event type.
  for (const form of document.querySelectorAll("form.verdict")) {
    const event = form.querySelector("select[name=event]");
    if (!event) continue;
    const follow = () => {
      event.disabled = form.querySelector("input[name=relevance]:checked")?.value !== "core";
    };
    form.addEventListener("change", follow);
    follow();
  }
})();
