// Small drawings on buttons; their buttons carry the words.

import { draw } from "./dom.js";

const PATHS = {
  back: "M4 3v4h4M4.3 7A5.5 5.5 0 1 1 3.5 10.5",
  away: "M4 4l8 8M12 4l-8 8",
};

export const icon = (name) => draw("svg", { viewBox: "0 0 16 16", width: 16, height: 16, class: "icon-drawing", "aria-hidden": "true" },
  draw("path", { d: PATHS[name] }));
