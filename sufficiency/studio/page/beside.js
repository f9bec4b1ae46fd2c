// Two plans side by side: what the plan is compared with, a second map, and their figures and schemes in one table.

import { $, make, refill, write } from "./dom.js";
import { changed, headlines } from "./figures.js";
import { capital } from "./words.js";

const choices = (state) => [["nothing", "Building nothing"], ["case", "The case as it is"],
  ...state.scenarios.map((one) => [`scenario:${one.name}`, one.title || one.name])];

function showChoice(state) {
  for (const select of document.querySelectorAll("[data-against]")) {
    refill(select, choices(state), () => choices(state).map(([value, text]) => make("option", { value }, text)));
    if (document.activeElement !== select || select.value !== state.against.key) select.value = state.against.key;
  }
}

const opens = (info, answer, id) => {
  const year = answer.schemes.find((scheme) => scheme.id === id)?.opens;
  return year ? `opens ${info.year_words[info.years.indexOf(year)] ?? year}` : "–";
};

function figures({ state, view }, title) {
  const now = headlines(state.answer, view), then = headlines(state.other, view);
  const head = make("tr", {}, make("th", { scope: "col" }, "Figure"), make("th", { scope: "col", class: "n" }, title),
    make("th", { scope: "col", class: "n" }, capital(state.against.title)), make("th", { scope: "col" }, "Difference"));
  const lines = now.map((one) => make("tr", {}, make("th", { scope: "row" }, one.label), make("td", { class: "n" }, one.text),
    make("td", { class: "n" }, then.find((other) => other.key === one.key)?.text ?? "–"), make("td", {}, changed(one) ?? "")));
  return [make("caption", {}, "Figures side by side"), make("thead", {}, head), make("tbody", {}, ...lines)];
}

function schemes({ state, info }, title) {
  const ids = [...new Map([...state.answer.schemes, ...state.other.schemes].map((scheme) => [scheme.id, scheme.name]))];
  const head = make("tr", {}, make("th", { scope: "col" }, "Scheme"), make("th", { scope: "col" }, title), make("th", { scope: "col" }, capital(state.against.title)));
  const lines = ids.map(([id, name]) => [name, opens(info, state.answer, id), opens(info, state.other, id)]).map(([name, one, two]) =>
    make("tr", { class: one === two ? false : "differs" }, make("th", { scope: "row" }, name), make("td", {}, one), make("td", {}, two)));
  return [make("caption", {}, "Schemes side by side"), make("thead", {}, head), make("tbody", {}, ...lines)];
}

export const nameOf = (state) => state.scenario.title || state.scenario.name || "This scenario";

export function showBeside(now) {
  const { state, view } = now;
  showChoice(state);
  document.body.classList.toggle("beside", view.beside);
  $("beside").setAttribute("aria-pressed", String(view.beside));
  $("two").hidden = $("beside-tables").hidden = !view.beside;
  if (!view.beside) return;
  write($("two-words"), state.other ? capital(state.against.title) : state.against.words || "Working it out…");
  $("frame-two").hidden = !state.other;
  if (!state.other || !state.answer) return void $("beside-tables").setAttribute("hidden", "");
  const title = nameOf(state);
  const from = [state.answer.revision, state.answer.schemes, state.other.schemes, headlines(state.answer, view), headlines(state.other, view), state.against, title];
  refill($("beside-figures"), from, () => figures(now, title));
  refill($("beside-schemes"), from, () => schemes(now, title));
}

export function startBeside({ store, view }) {
  $("beside").addEventListener("click", () => view.set({ beside: !view.beside }));
  for (const select of document.querySelectorAll("[data-against]")) {
    select.addEventListener("change", () => store.ask("/api/against", { key: select.value }));
  }
}
