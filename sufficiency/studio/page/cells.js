// The columns of the grid, a row each: how a cell is made, filled and read.

import { make, write } from "./dom.js";
import { ages, needs, shown } from "./words.js";

export const CHOICES = [
  { value: "", short: "Auto", long: "the optimiser chooses" },
  { value: "open", short: "Yes", long: "open it" },
  { value: "shut", short: "No", long: "never open it" },
];

/** A switch of three: the optimiser chooses, open it, never open it. */
export function choiceCell(row, act, where = "grid") {
  const name = `choice ${where} ${row.row}`;
  const inputs = CHOICES.map(({ value, short, long }) => {
    const input = make("input", { type: "radio", name, value, "aria-label": `${short}: ${long}`, onchange: () => act(row.id, value) });
    return make("label", { title: long }, input, make("span", {}, short));
  });
  return make("fieldset", { class: "choice" }, make("legend", { class: "unseen" }, `Build ${row.name}?`), ...inputs);
}

export function fillChoice(fieldset, row) {
  for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === (row.choice ?? "");
}

const box = (column, title, wide, unit = "") => ({ column, title, kind: "box", wide, unit });

const NAME = { column: "name", title: "Scheme", kind: "name" };
export const COLUMNS = {
  scheme: [
    { column: "choice", title: "Build?", kind: "choice" },
    NAME,
    box("places", "Places", "narrow"),
    box("capital_gbp", "Capital £", "wide", "pounds"),
    box("earliest_year", "Not before", "narrow"),
    { column: "decision", title: "In this plan", kind: "told" },
  ],
  provision: [
    { ...NAME, title: "Provision" },
    box("places", "Places", "narrow"),
    box("gbp_per_child", "£ a child a year", "wide", "pounds"),
    { column: "used", title: "In this plan", kind: "told" },
  ],
};

const EMPTY = { places: "no limit", latest_year: "any" };

export function boxCell(row, { column, title, wide }) {
  return make("input", {
    type: "text", class: `box ${wide}`, inputmode: column === "name" ? "text" : "decimal", autocomplete: "off", spellcheck: "false",
    "data-column": column, "data-row": row.row, "aria-label": `${title}, ${row.name}`, placeholder: EMPTY[column] ?? false,
  });
}

/** Fill a box unless somebody is typing in it, or what it holds was refused. */
export function fillBox(input, row) {
  const { column } = input.dataset;
  const text = shown(row[column], column);
  input.readOnly = !row.editable.includes(column);
  input.hidden = input.readOnly && !text;
  input.classList.toggle("edited", row.changed.includes(column));
  input.setAttribute("aria-description", row.changed.includes(column) ? "differs from the case" : "");
  input.dataset.was = text;
  if (input.dataset.typing !== undefined || input.getAttribute("aria-invalid")) return;
  if (input.value !== text) input.value = text;
}

const bare = (name) => name.replace(/\s*\([^()]*\)\s*$/, "") || name;

const about = (row) => [row.of === "scheme" ? bare(row.provision_name) : row.kind_title, needs(row.needs), ages(row.ncy_from, row.ncy_to)]
  .filter(Boolean).join(" · ");

export function nameCell(row, show) {
  const name = make("button", { type: "button", class: "link", onclick: () => show(row.provision ?? row.id) });
  return [name, make("span", { class: "about" })];
}

export function fillName(cell, row) {
  write(cell.querySelector("button"), row.name);
  write(cell.querySelector(".about"), about(row));
}

/** What the plan makes of a row: when it opens, and how many of its places are used in the last year. */
export function told(row, column) {
  const used = row.used?.text ?? "";
  return (column === "used" ? [used] : [row.decision, used]).filter(Boolean).join(", ");
}
