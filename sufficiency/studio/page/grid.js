// The grid of schemes and places: boxes to type in, moved about by Enter and the arrow keys, and pasted into from Excel.

import { boxCell, choiceCell, COLUMNS, fillBox, fillChoice, fillName, nameCell, told } from "./cells.js";
import { $, make, write } from "./dom.js";
import { icon } from "./icons.js";
import { opsOfPaste, tableText } from "./paste.js";
import { say } from "./announce.js";
import { counted } from "./words.js";

const rows = new Map();

function build(now, row) {
  const { store, view } = now;
  const cells = COLUMNS[row.of].map((spec) => {
    if (spec.kind === "name") return make("th", { scope: "row", class: "name" }, ...nameCell(row, (site) => view.set({ site })));
    const cell = make("td", { class: spec.kind, "data-column": spec.column, "data-title": spec.title });
    if (spec.kind === "choice" && row.choice !== null) cell.append(choiceCell(row, (scheme, value) => store.edit({ op: "choice", scheme, value }).catch(() => {})));
    if (spec.kind === "box") cell.append(boxCell(row, spec));
    return cell;
  });
  const back = make("button", { type: "button", class: "icon quiet" }, icon(row.new ? "away" : "back"));
  back.addEventListener("click", () => store.edit({ op: row.new ? "remove" : "reset", row: row.row }).catch(() => {}));
  const line = make("tr", { "data-row": row.row }, ...cells, make("td", { class: "tools" }, back));
  return { line, back };
}

function fill(now, row, { line, back }) {
  COLUMNS[row.of].forEach((spec, n) => {
    const cell = line.children[n];
    if (spec.kind === "name") fillName(cell, row);
    if (spec.kind === "told") write(cell, told(row, spec.column));
    if (spec.kind === "choice") {
      if (cell.firstElementChild) fillChoice(cell.firstElementChild, row);
      else write(cell, row.status === "committed" ? "Committed" : "");
      cell.classList.toggle("edited", row.changed.includes("choice"));
    }
    if (spec.kind === "box") fillBox(cell.firstElementChild, row);
  });
  const words = row.new ? `Remove ${row.name}` : `${row.name}: put back as in the case`;
  back.setAttribute("aria-label", words);
  back.title = words;
  back.hidden = !row.new && !row.changed.length;
  line.classList.toggle("opens", row.opens !== null && row.opens !== undefined);
  line.classList.toggle("chosen", now.view.site !== null && now.view.site === (row.provision ?? row.id));
}

const sought = (row, text) => !text || `${row.name} ${row.provision_name ?? ""} ${row.kind_title ?? ""} ${row.id}`.toLowerCase().includes(text);

/** Rows of a table; what is committed cannot be chosen, and stands last. */
const rowsOf = (state, of) => state.grid.filter((row) => row.of === of).toSorted((a, b) => Number(a.status === "committed") - Number(b.status === "committed"));

export function showGrid(now) {
  for (const of of Object.keys(COLUMNS)) {
    const these = rowsOf(now.state, of);
    const text = $(`find-${of}`).value.trim().toLowerCase();
    const lines = these.map((row) => {
      if (!rows.has(row.row)) rows.set(row.row, build(now, row));
      const parts = rows.get(row.row);
      fill(now, row, parts);
      parts.line.hidden = !sought(row, text);
      return parts.line;
    });
    const body = $(`rows-${of}`);
    if (lines.length !== body.children.length || lines.some((line, n) => body.children[n] !== line)) body.replaceChildren(...lines);
    write($(`count-${of}`), String(these.length));
    $(`none-${of}`).hidden = lines.some((line) => !line.hidden);
  }
  for (const key of rows.keys()) if (!now.state.grid.some((row) => row.row === key)) rows.delete(key);
}

/** Send what was typed in a box; if it is refused it stays, marked, until it is mended or given up with Escape. */
export function commit(store, input) {
  delete input.dataset.typing;
  if (input.readOnly || input.value === input.dataset.was) return;
  const text = input.value.trim();
  const { row, column } = input.dataset;
  if (input.getAttribute("aria-invalid") && text === input.dataset.refused) return;
  input.removeAttribute("aria-invalid");
  const value = text === "" ? null : text;
  store.edit({ op: "set", row, column, value }).then(
    () => { input.removeAttribute("aria-invalid"); store.tell(); },
    () => {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", "refused-words");
      input.value = input.dataset.refused = text;
    });
}

function giveUp(store, input) {
  delete input.dataset.typing;
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  input.value = input.dataset.was ?? "";
  $("refused").hidden = true;
  store.tell();
}

function move(input, step) {
  const same = [...input.closest("tbody").querySelectorAll(`tr:not([hidden]) input.box[data-column="${input.dataset.column}"]`)]
    .filter((one) => !one.hidden);
  const next = same[same.indexOf(input) + step];
  next?.focus();
  next?.select();
}

function onKey(store, event) {
  const input = event.target;
  if (!input.matches?.("input.box")) return;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") giveUp(store, input);
  if (!step || event.altKey || event.ctrlKey) return;
  event.preventDefault();
  commit(store, input);
  move(input, step);
}

function onPaste(now, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const input = event.target.closest?.("input.box") ?? null;
  const of = event.currentTarget.dataset.of;
  const those = [...$(`rows-${of}`).children].filter((line) => !line.hidden).map((line) => line.dataset.row);
  const grid = those.map((key) => now().state.grid.find((row) => row.row === key));
  const { ops, left } = opsOfPaste(text, grid, COLUMNS[of], input?.dataset ?? null);
  if (!ops) return;
  event.preventDefault();
  if (input) delete input.dataset.typing;
  if (!ops.length) return void say("Nothing of what was pasted fits a cell that can be changed.");
  now().store.edit(...ops).then(() => {
    say(`${counted(ops.length, "cell")} pasted${left ? `, ${left} left out: they cannot be changed here` : ""}.`);
  }, () => {});
}

export function startGrid(now) {
  const { store } = now();
  for (const of of Object.keys(COLUMNS)) {
    const heads = COLUMNS[of].map(({ title, kind, column }) => make("th", { scope: "col", class: `${kind} ${column}` }, title));
    $(`heads-${of}`).replaceChildren(...heads, make("th", { scope: "col" }, make("span", { class: "unseen" }, "Put back")));
    const table = $(`table-${of}`);
    table.addEventListener("keydown", (event) => onKey(store, event));
    table.addEventListener("paste", (event) => onPaste(now, event));
    table.addEventListener("input", ({ target }) => { if (target.matches("input.box")) target.dataset.typing = ""; });
    table.addEventListener("focusout", ({ target }) => { if (target.matches("input.box")) commit(store, target); });
    table.addEventListener("focusin", ({ target }) => { if (target.matches("input.box")) target.select(); });
    $(`find-${of}`).addEventListener("input", () => store.tell());
    $(`copy-${of}`).addEventListener("click", async () => {
      await navigator.clipboard.writeText(tableText(rowsOf(now().state, of), COLUMNS[of]));
      say("Copied. Paste it into Excel, change it there, copy it with its headings and paste it back on this table.");
    });
  }
}
