// The money of the year shown, by item, and its change.

import { $, make, refill } from "./dom.js";
import { way } from "./words.js";

export function showMoney({ state, view }) {
  const items = state.answer?.years.find((one) => one.year === view.year)?.money ?? [];
  refill($("money"), [items, state.against.title], () => [
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Item"), make("th", { scope: "col", class: "n" }, "In the year"),
      make("th", { scope: "col", class: "n" }, `Against ${state.against.title}`))),
    make("tbody", {}, ...items.map((item) => make("tr", {}, make("th", { scope: "row" }, item.title ?? item.item), make("td", { class: "n" }, item.text),
      make("td", { class: "n" }, item.change_text ? `${way(item.change)} ${item.change_text}` : "–")))),
  ]);
}
