// Names on the map: each where there is room about its place, clear of symbols and of other names.

const PAD = 3, REACH = 13;
const pen = document.createElement("canvas").getContext("2d");
const FAMILY = '"Source Sans Pro", Arial, sans-serif';
export const SIZES = { site: 13, town: 15 };
const FONTS = { site: `600 ${SIZES.site}px ${FAMILY}`, town: `italic 400 ${SIZES.town}px ${FAMILY}` };
const MOST_LETTERS = 30;

const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

export const short = (name) => {
  const bare = name.replace(/\s*\([^()]*\)\s*$/, "") || name;
  return bare.length > MOST_LETTERS ? `${bare.slice(0, MOST_LETTERS - 1).trimEnd()}…` : bare;
};

const around = ([x, y]) => [x - REACH, y - REACH, x + REACH, y + REACH];

/** Eight ways to set words of a width and height about a spot: right, left, above, below, and the corners. */
function* tries([x, y], wide, high, away) {
  const near = away * 0.75;
  yield [x + away, y - high / 2];
  yield [x - away - wide, y - high / 2];
  yield [x - wide / 2, y - away - high];
  yield [x - wide / 2, y + away];
  yield [x + near, y - near - high];
  yield [x + near, y + near];
  yield [x - near - wide, y - near - high];
  yield [x - near - wide, y + near];
}

/**
 * Places of names in pixels: `names` in the order of their weight, each `{text, spot, kind}`; `symbols` are spots to keep
 * clear; nothing is set outside `[0, 0, wide, high]`.
 */
export function place(names, symbols, [wide, high]) {
  const taken = symbols.map(around);
  const set = [];
  for (const name of names) {
    pen.font = FONTS[name.kind];
    const long = pen.measureText(name.text).width, tall = SIZES[name.kind] * 1.15;
    const own = name.kind === "site" ? taken.find((box) => box[0] === name.spot[0] - REACH && box[1] === name.spot[1] - REACH) : null;
    for (const [left, top] of tries(name.spot, long, tall, name.kind === "site" ? REACH : 5)) {
      const box = [left - PAD, top, left + long + PAD, top + tall];
      if (box[0] < 0 || box[1] < 0 || box[2] > wide || box[3] > high) continue;
      if (taken.some((other) => other !== own && meets(box, other))) continue;
      taken.push(box);
      set.push({ ...name, x: left, y: top + tall * 0.78 });
      break;
    }
  }
  return set;
}

/** Symbols moved apart, in pixels, just so far that each can be seen and pointed at. */
export function apart(spots) {
  const placed = [];
  const free = ([x, y]) => placed.every(([a, b]) => Math.hypot(x - a, y - b) >= 2 * REACH - 5);
  for (const [x, y] of spots) {
    let at = [x, y];
    for (let reach = 6; !free(at) && reach < 60; reach += 4) {
      const ring = [0, 180, 90, 270, 45, 225, 135, 315].map((turn) => (turn * Math.PI) / 180);
      at = ring.map((a) => [x + reach * Math.cos(a), y + reach * Math.sin(a)]).find(free) ?? at;
    }
    placed.push(at);
  }
  return placed;
}
