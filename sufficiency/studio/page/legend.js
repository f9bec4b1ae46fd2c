// What the shades and symbols of the map mean.

import { $, make, refill } from "./dom.js";
import { keySymbol, STATES } from "./symbols.js";

const swatch = (kind, text) => make("li", {}, make("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text);

export function showLegend({ state, view, info }) {
  const layer = info.layers.find((one) => one.key === view.layer);
  const classes = state.answer?.legends?.[view.layer] ?? [];
  const likes = [...new Map(info.kinds.map((kind) => [kind.like, kind.title]))].filter(([like]) => state.sites.some((site) => site.like === like));
  const found = Object.keys(STATES).filter((key) => state.sites.some((site) => site.state === key));
  refill($("legend"), [layer, classes, likes, found], () => [
    make("p", { class: "legend-title" }, layer ? `${layer.legend}, ${layer.unit}` : ""),
    make("ul", { class: "shades" }, ...classes.map((one) => swatch(`shade-${one.class}`, one.text)),
      swatch("withheld", `fewer than ${info.threshold} children: not shown`), swatch("nobody", "no children modelled")),
    make("ul", { class: "marks" },
      ...likes.map(([like, title]) => make("li", {}, keySymbol(like, "stands"), title)),
      ...found.map((key) => make("li", {}, keySymbol("base", key), `Scheme ${STATES[key]}`))),
  ]);
}
