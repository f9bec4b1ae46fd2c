// Who gains by the plan and who loses, in the year shown.

import { $, make, refill, write } from "./dom.js";

function bar(outcome, most) {
  const fill = make("span", { class: `bar ${outcome.good ? "gain" : "loss"}` });
  fill.style.width = `${(100 * (outcome.children.value ?? 0)) / most}%`;
  return make("tr", {}, make("th", { scope: "row" }, outcome.title), make("td", { class: "n" }, outcome.children.text),
    make("td", { class: "bars", "aria-hidden": "true" }, fill));
}

function side(title, outcomes, most) {
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, title), make("th", { scope: "col", class: "n" }, "Children"),
    make("td", { class: "bars" })));
  return make("table", {}, head, make("tbody", {}, ...outcomes.map((outcome) => bar(outcome, most))));
}

export function showWinners({ state, view }) {
  const changes = state.answer?.changes ?? null;
  const outcomes = changes?.years.find((one) => one.year === view.year)?.outcomes ?? [];
  write($("winners-words"), changes ? `Children of that year, ${changes.words}` : state.answer?.changes_words ?? "");
  refill($("winners"), outcomes, () => {
    if (!outcomes.length) return [];
    const most = Math.max(1, ...outcomes.map((outcome) => outcome.children.value ?? 0));
    const sides = [["Gain", outcomes.filter((one) => one.good === true)], ["Lose", outcomes.filter((one) => one.good === false)],
      ["Neither", outcomes.filter((one) => one.good !== true && one.good !== false)]];
    return sides.filter(([, these]) => these.length).map(([title, these]) => side(title, these, most));
  });
}
