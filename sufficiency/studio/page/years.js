// Which year is shown: a slider and two buttons.

import { say } from "./announce.js";
import { $, write } from "./dom.js";

export function startYears({ view, info }) {
  const slider = $("year");
  const last = info.years.length - 1;
  slider.max = String(last);
  if (!info.years.includes(view.year)) view.year = info.years[last];
  const go = (at) => view.set({ year: info.years[Math.min(last, Math.max(0, at))] });
  slider.addEventListener("input", () => go(Number(slider.value)));
  for (const [id, step] of [["year-back", -1], ["year-on", 1]]) {
    $(id).addEventListener("click", () => {
      go(info.years.indexOf(view.year) + step);
      say(`Showing ${$("year-words").textContent}`);
    });
  }
}

export function showYears({ view, info }) {
  const at = info.years.indexOf(view.year);
  const words = info.year_words[at];
  const slider = $("year");
  if (slider.value !== String(at)) slider.value = String(at);
  slider.setAttribute("aria-valuetext", words);
  write($("year-words"), words);
  $("year-back").disabled = at === 0;
  $("year-on").disabled = at === info.years.length - 1;
  for (const place of document.querySelectorAll("[data-year-words]")) write(place, words);
}
