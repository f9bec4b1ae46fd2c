// Tabs of the grid: arrow keys go from one to the next, as everywhere.

import { $ } from "./dom.js";

export function showTabs({ view }) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const on = tab.dataset.tab === view.tab;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

export function startTabs({ view }) {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const [n, tab] of tabs.entries()) {
    tab.addEventListener("click", () => view.set({ tab: tab.dataset.tab }));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: n + 1, ArrowLeft: n - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      next.focus();
      next.click();
    });
  }
}
