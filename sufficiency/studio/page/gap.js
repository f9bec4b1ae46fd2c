// The share of children in the gap, by need and phase, in the year shown.

import { $, make, refill, write } from "./dom.js";

const ALL = "all";
const STEPS = [0, 5, 15, 30, 50];
const shade = (share) => (share === null || share === undefined ? "none" : `heat-${STEPS.filter((low) => share > low).length}`);

const ofYear = (answer, year) => answer?.years.find((one) => one.year === year)?.gap ?? [];
const find = (rows, need, phase) => rows.find((row) => row.need === need && row.phase === phase);

function cell(row, before) {
  if (!row) return make("td", { class: "n heat none" }, "–");
  const then = before && before.text !== row.text ? make("span", { class: "was" }, `against ${before.text}`) : null;
  return make("td", { class: `n heat ${shade(row.share_pct)}` }, make("span", { class: "share" }, row.text), then);
}

export function showGap({ state, view, info }) {
  const rows = ofYear(state.answer, view.year), before = ofYear(state.other, view.year);
  write($("gap-was"), before.length ? `Small: ${state.against.title}.` : "");
  refill($("gap"), [rows, before, view.year], () => {
    const phases = [...info.phases.filter((phase) => rows.some((row) => row.phase === phase.key)), { key: ALL, title: "All phases" }];
    const needs = [...info.needs.filter((need) => rows.some((row) => row.need === need.code)), { code: ALL, title: "All needs" }];
    const head = make("tr", {}, make("th", { scope: "col" }, "Need"), ...phases.map((phase) => make("th", { scope: "col", class: "n" }, phase.title)),
      make("th", { scope: "col", class: "n" }, "Children"));
    const lines = needs.map((need) => make("tr", { class: need.code === ALL ? "total" : false },
      make("th", { scope: "row" }, need.code === ALL ? need.title : make("abbr", { title: need.title }, need.code)),
      ...phases.map((phase) => cell(find(rows, need.code, phase.key), find(before, need.code, phase.key))),
      make("td", { class: "n" }, find(rows, need.code, ALL)?.children.text ?? "–")));
    return [make("thead", {}, head), make("tbody", {}, ...lines)];
  });
}
