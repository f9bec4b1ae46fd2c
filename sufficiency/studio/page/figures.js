// The headline figures, each with its change against what the plan is compared with.

import { $, make, refill } from "./dom.js";
import { better, way } from "./words.js";

export const headlines = (answer, view) =>
  (view.span === "year" && answer?.years.find((one) => one.year === view.year)?.headlines) || answer?.headlines || [];

/** The change in a line: an arrow for its way, its size, and whether that is better or worse, in words. */
export function changed(headline) {
  if (!headline.change_text) return null;
  const judged = better(headline.better);
  return make("span", { class: `change ${judged}` },
    make("span", { class: "way", "aria-hidden": "true" }, way(headline.change)),
    make("span", {}, `${headline.change_text}${judged ? `, ${judged}` : ""}`));
}

const card = (headline, ready) => make("div", { class: "figure", title: headline.help || false },
  make("dt", {}, headline.label),
  make("dd", { class: "value" }, headline.text),
  make("dd", {}, changed(headline) ?? ""),
  make("dd", { class: "note" }, headline.baseline_text ? `against ${headline.baseline_text}` : ready ? "" : "change being worked out"));

export function showFigures({ state, view, info }) {
  const shown = headlines(state.answer, view);
  const title = state.against.title;
  const when = view.span === "year" ? `in ${info.year_words[info.years.indexOf(view.year)]}` : "over the whole plan";
  const { ready } = state.against;
  refill($("figures"), [shown, ready], () => shown.map((headline) => card(headline, ready)));
  refill($("figures-when"), [when, title], () => [`Figures ${when}, against ${title}`]);
  for (const button of document.querySelectorAll("[data-span]")) {
    button.setAttribute("aria-pressed", String(button.dataset.span === view.span));
  }
}

export function startFigures({ view }) {
  for (const button of document.querySelectorAll("[data-span]")) {
    button.addEventListener("click", () => view.set({ span: button.dataset.span }));
  }
}
