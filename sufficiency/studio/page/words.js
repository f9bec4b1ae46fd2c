// How things are written: the words of the field, once.

export const year = (ncy) => (ncy < 0 ? "Nursery" : ncy === 0 ? "Reception" : `Year ${ncy}`);

export const ages = (from, to) =>
  from === null || to === null ? "" : from === to ? year(from) : `${year(from)} to ${from <= 0 ? year(to) : to}`;

export const needs = (codes) => (!codes ? "" : codes === "*" ? "any need" : codes.split("|").join(", "));

export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const YEARS = new Set(["earliest_year", "latest_year", "lifetime_years", "ncy_from", "ncy_to"]);

/** A value as a cell of the grid shows it; what a planner typed and the studio has not had yet stays as typed. */
export const shown = (value, column) =>
  value === null || value === undefined ? ""
    : typeof value !== "number" ? String(value)
      : YEARS.has(column) ? String(value) : grouped.format(value);

export const better = (flag) => (flag === true ? "better" : flag === false ? "worse" : "");

/** An arrow for a change, so that its way is not told by a word alone. */
export const way = (change) => (!change ? "■" : change > 0 ? "▲" : "▼");

export const seconds = (s) => (s < 9.95 ? s.toFixed(1) : s.toFixed(0));

/** Directions of the compass, for who moves a site by keys. */
export const compass = (east, north) => {
  const names = ["east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east"];
  return names[((Math.round(Math.atan2(north, east) / (Math.PI / 4)) % 8) + 8) % 8];
};

export const kilometres = (metres) => `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0)} km`;

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
