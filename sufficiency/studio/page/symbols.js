// Symbols of sites, in pixels about the origin: a shape by kind, a ring by what becomes of a scheme there.

import { draw } from "./dom.js";

const R = 6.5;

function polygon(corners, turn, stretch) {
  const points = Array.from({ length: corners }, (_, n) => {
    const angle = ((turn - 90 + (360 * n) / corners) * Math.PI) / 180;
    return `${(R * stretch * Math.cos(angle)).toFixed(1)},${(R * stretch * Math.sin(angle)).toFixed(1)}`;
  });
  return () => draw("polygon", { points: points.join(" ") });
}

const SHAPES = {
  special: () => draw("rect", { x: -R, y: -R, width: 2 * R, height: 2 * R }),
  base: () => draw("circle", { r: R }),
  mainstream: polygon(4, 0, 1.25),
  independent: polygon(3, 0, 1.35),
  alternative: polygon(5, 0, 1.2),
  college: polygon(6, 0, 1.15),
  other: polygon(3, 180, 1.3),
};

export const STATES = {
  opens: "opens in this plan",
  committed: "already committed",
  proposed: "proposed",
  "not chosen": "proposed, not in this plan",
};

export const symbol = (like, state) => [
  draw("circle", { class: "halo", r: R + 9 }),
  state in STATES ? draw("circle", { class: "ring", r: R + 4 }) : null,
  dressed(like),
];

function dressed(like) {
  const shape = (SHAPES[like] ?? SHAPES.other)();
  shape.setAttribute("class", "shape");
  return shape;
}

/** A symbol by itself, for the key. */
export function keySymbol(like, state) {
  const group = draw("g", { class: "site", "data-state": state }, ...symbol(like, state).filter(Boolean));
  return draw("svg", { viewBox: "-13 -13 26 26", width: 26, height: 26, "aria-hidden": "true", class: "sample" }, group);
}
