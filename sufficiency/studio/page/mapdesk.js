// The map on the page: drawn once, shaded with every answer, moved by buttons, keys and mouse.

import { get } from "./api.js";
import { $, make, write } from "./dom.js";
import { showLegend } from "./legend.js";
import { showMapTable } from "./maptable.js";
import { PlanMap } from "./planmap.js";
import { KEYS, MapWindow, MOVES } from "./window.js";

let fetching = false, ground = null, seen = null;
export const maps = { one: null, two: null };

/** The part of the country with all sites in it, where there are no shapes of the council. */
function about(sites) {
  const xs = sites.map((site) => site.x), ys = sites.map((site) => site.y), room = 3000;
  const [x, y] = [Math.min(...xs) - room, Math.min(...ys) - room];
  return [x, y, Math.max(...xs) + room - x, Math.max(...ys) + room - y];
}

async function fetchGround(now) {
  if (fetching || ground) return;
  fetching = true;
  try {
    const answer = await get("/api/map");
    if (answer.ready) {
      ground = answer;
      seen = new MapWindow(ground.view ?? about(now().state.sites));
      maps.one = new PlanMap($("map-one"), seen, ground, { act: true });
      maps.two = new PlanMap($("map-two"), seen, ground);
      write($("map-credit"), ground.credit);
      $("map-wait").hidden = true;
      document.fonts.ready.then(() => maps.one.look()); // names are as wide as their letters
      now().store.dispatchEvent(new Event("map"));
      now().store.tell();
    }
  } catch { /* asked for again with the next state */ }
  fetching = false;
}

const ofYear = (answer, year) => answer?.years.find((one) => one.year === year);
const classesOf = (answer, view) => ofYear(answer, view.year)?.layers?.[view.layer]?.classes;

/** Sites as another plan has them: those it opens are told by its schemes. */
export function sitesOf(state, answer) {
  const opens = new Set(answer.schemes.filter((scheme) => scheme.opens).map((scheme) => scheme.id));
  const there = (site) => (site.schemes.some((id) => opens.has(id)) ? "opens" : site.state === "opens" ? "not chosen" : site.state);
  return state.sites.filter((site) => !site.new).map((site) => ({ ...site, state: site.state === "committed" ? site.state : there(site) }));
}

const legendOf = (state, view, found) => state.answer?.legends?.[view.layer]?.find((one) => one.class === found)?.text;

export function showMap(now) {
  const { state, view, info } = now;
  if (!ground && state.map_ready) fetchGround(() => now);
  if (!info.layers.some((layer) => layer.key === view.layer)) view.layer = info.layers[0]?.key ?? "";
  if ($("layer").value !== view.layer) $("layer").value = view.layer;
  showLegend(now);
  const bare = showMapTable(now, ground && new Set(ground.areas.map((area) => area.key)));
  if (!ground) return;
  for (const id of ["map-one", "map-two"]) $(id).classList.toggle("bare", bare);
  const layer = info.layers.find((one) => one.key === view.layer);
  const kinds = new Map(info.kinds.map((kind) => [kind.key, kind.title]));
  const titled = (sites) => sites.map((site) => ({ ...site, kind_title: kinds.get(site.kind) ?? "" }));
  maps.one.shade(classesOf(state.answer, view));
  maps.one.show(titled(state.sites));
  const when = info.year_words[info.years.indexOf(view.year)];
  maps.one.describe(`${layer?.title ?? "Sites"}, ${when}, by home area; the sites can be opened and moved`);
  if (view.beside && state.other) {
    maps.two.shade(classesOf(state.other, view));
    maps.two.show(titled(sitesOf(state, state.other)));
    maps.two.describe(`${layer?.title ?? "Sites"}, ${when}, by home area: ${state.against.title}`);
  }
  write($("map-heading"), `Map, ${when}`);
}

function tipOf(now, target) {
  const { state, view } = now;
  const site = target.closest?.("[data-site]");
  if (site) return site.querySelector("title").textContent;
  const name = target.dataset?.area;
  if (!name || target.closest("svg").classList.contains("bare")) return "";
  const answer = target.closest("svg").id === "map-two" ? state.other : state.answer;
  const found = classesOf(answer, view)?.[name];
  const words = found === undefined || found === null ? "no children modelled" : found < 0 ? "not shown" : legendOf(state, view, found);
  return `${name}: ${words ?? ""}`;
}

function startTip(now, frame) {
  const tip = make("div", { class: "tip", hidden: true });
  frame.append(tip);
  frame.addEventListener("pointermove", (event) => {
    const text = event.buttons ? "" : tipOf(now(), event.target);
    tip.hidden = !text;
    if (!text) return;
    write(tip, text);
    const edge = frame.getBoundingClientRect();
    tip.style.left = `${Math.max(0, Math.min(event.clientX - edge.left + 14, edge.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.min(event.clientY - edge.top + 16, edge.height - tip.offsetHeight)}px`;
  });
  frame.addEventListener("pointerleave", () => { tip.hidden = true; });
}

/** Drag the ground to move it, once it is magnified; Ctrl and the wheel magnify. */
function startPan(svg) {
  let last = null;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("[data-site], [data-placing]") || svg.dataset.placing || !seen || seen.zoom <= 1) return;
    last = [event.clientX, event.clientY];
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!last) return;
    seen.moveBy((last[0] - event.clientX) / svg.clientWidth, (last[1] - event.clientY) / svg.clientHeight);
    last = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => { last = null; });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey || !seen) return;
    event.preventDefault();
    const edge = svg.getBoundingClientRect();
    const map = svg.id === "map-two" ? maps.two : maps.one;
    seen.zoomBy(event.deltaY < 0 ? 1.25 : 0.8, map.metres([event.clientX - edge.left, event.clientY - edge.top]));
  }, { passive: false });
}

export function startMap(now) {
  const { view, info } = now();
  $("layer").replaceChildren(...info.layers.map((layer) => make("option", { value: layer.key }, layer.title)));
  $("layer").addEventListener("change", (event) => view.set({ layer: event.target.value }));
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => seen && MOVES[button.dataset.move](seen));
  }
  for (const id of ["frame-one", "frame-two"]) {
    const frame = $(id);
    startTip(now, frame);
    startPan(frame.querySelector("svg"));
    frame.addEventListener("keydown", (event) => {
      const name = event.target === frame && !event.ctrlKey && !event.metaKey && !event.altKey ? KEYS[event.key] : null;
      if (!name || !seen) return;
      event.preventDefault();
      MOVES[name](seen);
    });
  }
}
