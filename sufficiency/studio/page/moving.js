// Moving a site, or choosing where a new base goes: by mouse, or by arrow keys and Enter.

import { say } from "./announce.js";
import { $, draw, write } from "./dom.js";
import { maps } from "./mapdesk.js";
import { symbol } from "./symbols.js";
import { compass, kilometres } from "./words.js";

const STEP_M = 250, FAR_M = 1000, NEAR_M = 50, DRAG_PX = 5;
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
let held = null; // what is being moved: {site, x, y, from, done, ghost, line}

const moved = () => {
  const east = held.x - held.from[0], north = held.from[1] - held.y;
  const far = Math.hypot(east, north);
  return far < 1 ? "where it was" : `${kilometres(far)} ${compass(east, north)}`;
};

function nearestTown() {
  const towns = maps.one.ground.towns.map((town) => [Math.hypot(town.x - held.x, town.y - held.y), town.name]).sort((a, b) => a[0] - b[0]);
  return towns.length ? `${kilometres(towns[0][0])} from ${towns[0][1]}` : "";
}

function put(x, y) {
  const { whole } = maps.one.seen;
  held.x = Math.round(Math.min(whole.x + whole.w, Math.max(whole.x, x)));
  held.y = Math.round(Math.min(whole.y + whole.h, Math.max(whole.y, y)));
  const k = maps.one.scale;
  held.ghost.setAttribute("transform", `translate(${held.x} ${held.y}) scale(${k.toFixed(3)})`);
  held.line.setAttribute("d", `M${held.from[0]} ${held.from[1]}L${held.x} ${held.y}`);
  const [left, top] = maps.one.pixel([held.x, held.y]), { width, height } = maps.one.size;
  if (left < 0 || top < 0 || left > width || top > height) maps.one.seen.moveTo([held.x, held.y]);
}

const where = () => [moved(), nearestTown()].filter(Boolean).join("; ");

function begin(site, from, done) {
  end();
  const svg = $("map-one");
  const ghost = draw("g", { class: "site ghost", "data-state": "opens", "data-placing": "", tabindex: "0", role: "button",
    "aria-label": `${site.name}: arrow keys move it, Enter puts it here, Escape leaves it` }, ...symbol(site.like, "opens"));
  const line = draw("path", { class: "trail" });
  maps.one.layers.over.replaceChildren(line, ghost);
  held = { site, x: from[0], y: from[1], from, done, ghost, line };
  svg.dataset.placing = "yes";
  maps.one.held = () => held && put(held.x, held.y);
  put(...from);
  write($("placing-words"), `${site.name}: click where it should be, or move it with the arrow keys (Shift: further, Alt: less far) and press Enter.`);
  $("placing").hidden = false;
}

function end() {
  if (!held) return;
  const { site } = held;
  held = null;
  maps.one.held = null;
  delete $("map-one").dataset.placing;
  maps.one.layers.over.replaceChildren();
  $("placing").hidden = true;
  if (site.id) $("map-one").querySelector(`[data-site="${CSS.escape(site.id)}"]`)?.focus({ preventScroll: true });
}

function drop() {
  const { x, y, done } = held;
  end();
  done(x, y);
}

const move = (now, site) => (x, y) => {
  now().store.edit({ op: "move", provision: site.id, x, y }).then(() => say(`${site.name} moved.`), () => {});
};

/** Begin to move a site by keys or by a click. */
export function startMove(now, site) {
  begin(site, [site.x, site.y], move(now, site));
  held.ghost.focus({ preventScroll: true });
}

/** Begin to choose where something new goes: `done(x, y)` follows. */
export function choosePlace(name, done) {
  if (!maps.one) return;
  begin({ id: null, name, like: "base" }, [...maps.one.seen.middle], done);
  held.ghost.focus({ preventScroll: true });
}

function onKey(event) {
  if (!held) return;
  const way = ARROWS[event.key];
  if (way) {
    const step = event.shiftKey ? FAR_M : event.altKey ? NEAR_M : STEP_M;
    put(held.x + way[0] * step, held.y + way[1] * step);
    say(where());
  } else if (event.key === "Enter") drop();
  else if (event.key === "Escape") {
    say("Left where it was.");
    end();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

const spot = (event) => {
  const edge = $("map-one").getBoundingClientRect();
  return maps.one.metres([event.clientX - edge.left, event.clientY - edge.top]);
};

/** Drag a site by the mouse: it follows once it has been pulled a few pixels. */
function startDrag(now, svg) {
  let pulled = null;
  svg.addEventListener("pointerdown", (event) => {
    const group = event.target.closest("[data-site].movable");
    if (!group || event.button || held) return;
    pulled = { id: group.dataset.site, at: [event.clientX, event.clientY] };
  });
  svg.addEventListener("pointermove", (event) => {
    if (held && (pulled || svg.dataset.placing)) put(...spot(event));
    if (!pulled || held || Math.hypot(event.clientX - pulled.at[0], event.clientY - pulled.at[1]) < DRAG_PX) return;
    const site = now().state.sites.find((one) => one.id === pulled.id);
    begin(site, [site.x, site.y], move(now, site));
    svg.setPointerCapture(event.pointerId);
    svg.dataset.dragged = "yes";
  });
  svg.addEventListener("pointerup", (event) => {
    const isDrag = pulled && held;
    pulled = null;
    if (isDrag) {
      put(...spot(event));
      drop();
      setTimeout(() => { delete svg.dataset.dragged; });
    } else if (held) {
      put(...spot(event));
      drop();
      svg.dataset.dragged = "yes";
      setTimeout(() => { delete svg.dataset.dragged; });
    }
  });
  svg.addEventListener("pointercancel", () => { pulled = null; end(); });
}

export function startMoving(now) {
  const svg = $("map-one");
  svg.addEventListener("keydown", onKey, true);
  startDrag(now, svg);
  $("placing-stop").addEventListener("click", end);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held) end(); });
}
