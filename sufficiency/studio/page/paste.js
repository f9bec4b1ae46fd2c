// From Excel and back: text with tabs becomes edits of cells, and the grid becomes text with tabs.

import { shown } from "./words.js";

const ID = "Id";
const CHOICE_WORDS = { "": "", auto: "", yes: "open", open: "open", y: "open", 1: "open", no: "shut", never: "shut", shut: "shut", n: "shut", 0: "shut" };
const CHOICE_TEXT = { "": "Auto", open: "Yes", shut: "No" };

/** Cells of text as Excel copies it: tabs, line ends, and quotes round what holds either. */
export function cellsOf(text) {
  const cells = [[""]];
  let quoted = false;
  const put = (letter) => { cells.at(-1)[cells.at(-1).length - 1] += letter; };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quoted && letter === '"' && text[at + 1] === '"') { put('"'); at += 1; }
    else if (quoted && letter === '"') quoted = false;
    else if (quoted) put(letter);
    else if (letter === '"' && cells.at(-1).at(-1) === "") quoted = true;
    else if (letter === "\t") cells.at(-1).push("");
    else if (letter === "\n") cells.push([""]);
    else if (letter !== "\r") put(letter);
  }
  if (cells.length > 1 && cells.at(-1).length === 1 && cells.at(-1)[0] === "") cells.pop();
  return cells.map((row) => row.map((cell) => cell.trim()));
}

const can = (row, column) => row.editable.includes(column);

function op(row, column, text) {
  if (column !== "choice") return { op: "set", row: row.row, column, value: text === "" ? null : text };
  const value = CHOICE_WORDS[text.toLowerCase()];
  return value === undefined ? null : { op: "choice", scheme: row.id, value };
}

const same = (row, column, text) => (column === "choice" ? CHOICE_TEXT[row.choice ?? ""] : shown(row[column], column)) === text;

function gather(pairs) {
  const ops = [];
  let left = 0;
  for (const [row, column, text] of pairs) {
    if (!row || same(row, column, text)) continue;
    const made = can(row, column) ? op(row, column, text) : null;
    if (made) ops.push(made);
    else left += 1;
  }
  return { ops, left };
}

/**
 * Edits from pasted text: `ops` null if it is an ordinary text for one box. With a heading "Id" rows are found by it and
 * columns by their headings; else cells fall to the right of and below the box that was pasted into.
 */
export function opsOfPaste(text, grid, columns, at) {
  const cells = cellsOf(text);
  const typed = columns.filter((spec) => spec.kind === "box" || spec.kind === "choice");
  if (cells[0][0] === ID) {
    const byTitle = new Map(typed.map((spec) => [spec.title.toLowerCase(), spec.column]));
    const heads = cells[0].map((title) => byTitle.get(title.toLowerCase()));
    const byId = new Map(grid.map((row) => [row.id, row]));
    return gather(cells.slice(1).flatMap((line) => line.map((cell, n) => [byId.get(line[0]), heads[n], cell]).filter(([, column]) => column)));
  }
  if (!at || (cells.length === 1 && cells[0].length === 1)) return { ops: null, left: 0 };
  const first = typed.findIndex((spec) => spec.column === at.column);
  const top = grid.findIndex((row) => row.row === at.row);
  return gather(cells.flatMap((line, down) => line.map((cell, along) => [grid[top + down], typed[first + along]?.column, cell])
    .filter(([, column]) => column)));
}

export function tableText(grid, columns) {
  const typed = columns.filter((spec) => spec.kind !== "told");
  const write = (row, column) => (column === "choice" ? (row.choice === null ? "" : CHOICE_TEXT[row.choice]) : shown(row[column], column));
  const lines = grid.map((row) => [row.id, ...typed.map((spec) => write(row, spec.column))]);
  return [[ID, ...typed.map((spec) => spec.title)], ...lines].map((line) => line.join("\t")).join("\r\n");
}
