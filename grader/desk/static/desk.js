// Keys and a live search; every page works without them.
"use strict";
(() => {
  const search = document.querySelector("[data-search]");
  const isTyping = (target) => target.closest("input:not([type=radio]), textarea, select") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
    if (isTyping(event.target)) return;
    if (event.key === "/" && search) {
      event.preventDefault();
      return search.focus();
    }
    if (event.key === "?") return document.querySelector(".keys").scrollIntoView();
    const level = /^[0-9]$/.test(event.key) ? document.querySelector(`input[data-level="${event.key}"]`) : null;
    if (level) {
      level.checked = true;
      return level.focus();
    }
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      if (link.matches("a, button")) link.click();
      else link.focus();
    }
  });
  const rows = document.querySelectorAll("[data-rows] tbody tr");
  if (search && rows.length) {
    const count = document.querySelector("[data-count]");
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\s+/);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.dataset.words.includes(word));
        shown += !row.hidden;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    });
  }
  for (const frame of document.querySelectorAll("iframe[data-fit]")) {
    const fit = () => {
      const page = frame.contentDocument?.documentElement; // a frame that the browser blocks has none
      if (page) frame.style.height = `${Math.ceil(page.getBoundingClientRect().height) + 4}px`;
    };
    frame.addEventListener("load", fit);
    window.addEventListener("resize", fit);
    fit();
  }
  const place = document.querySelector("[data-place]");
  if (place) {
    for (const link of document.querySelectorAll("a[data-line]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault(); // to follow the link would take the focus away again
        for (const row of document.querySelectorAll("tr.chosen")) row.classList.remove("chosen");
        link.closest("tr").classList.add("chosen");
        place.elements.line.value = link.dataset.line;
        place.elements.file.value = link.dataset.file;
        place.closest("details").open = true;
        place.elements.text.focus();
      });
    }
    const kept = place.querySelector("[data-kept]");
    if (kept) {
      kept.addEventListener("change", () => {
        const option = kept.selectedOptions[0];
        if (!option.dataset.text) return;
        place.elements.text.value = option.dataset.text;
        place.elements.points.value = option.dataset.points;
      });
    }
  }
})();
