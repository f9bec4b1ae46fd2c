// What the map shows as a table: for who cannot see it, and where the case's own areas have no shapes.

import { $, make, refill, write } from "./dom.js";

const NOT_SHADED = "The case names areas of its own whose shapes are not known, so the map is not shaded: its figures are in the table below.";

export function showMapTable({ state, view, info }, shaped) {
  const classes = state.answer?.years.find((one) => one.year === view.year)?.layers?.[view.layer]?.classes ?? {};
  const legend = state.answer?.legends?.[view.layer] ?? [];
  const layer = info.layers.find((one) => one.key === view.layer);
  const rows = Object.entries(classes).sort(([a], [b]) => a.localeCompare(b, "en-GB", { numeric: true }));
  const bare = shaped !== null && rows.length > 0 && !rows.some(([name]) => shaped.has(name));
  write($("map-note"), bare ? NOT_SHADED : "");
  const words = (found) => (found < 0 ? "not shown" : legend.find((one) => one.class === found)?.text ?? "");
  refill($("map-table"), [rows, legend, layer?.key], () => [
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Home area"), make("th", { scope: "col" }, layer ? `${layer.legend}, ${layer.unit}` : ""))),
    make("tbody", {}, ...rows.map(([name, found]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, words(found))))),
  ]);
  return bare;
}
