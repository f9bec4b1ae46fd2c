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

const isSide = (outcome) => outcome.good === true || outcome.good === false;

export function showWinners({ state, view }) {
  const changes = state.answer?.changes ?? null;
  const outcomes = changes?.years.find((one) => one.year === view.year)?.outcomes ?? [];
  const rest = outcomes.filter((one) => !isSide(one) && one.children.value !== 0).map((one) => `${one.title}: ${one.children.text}`);
  const words = changes ? [`Children of that year, ${changes.words}`, ...rest].join(". ") : state.answer?.changes_words ?? "";
  write($("winners-words"), words && `${words.replace(/\.$/, "")}.`);
  refill($("winners"), outcomes, () => {
    const sided = outcomes.filter(isSide);
    const most = Math.max(1, ...sided.map((outcome) => outcome.children.value ?? 0));
    const sides = [["Gain", sided.filter((one) => one.good)], ["Lose", sided.filter((one) => !one.good)]];
    return sides.filter(([, these]) => these.length).map(([title, these]) => side(title, these, most));
  });
}
