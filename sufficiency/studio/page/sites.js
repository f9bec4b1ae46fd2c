// Sites on the map: gone through by keys, and opened as a card with what can be done there.

import { choiceCell, fillChoice, told } from "./cells.js";
import { $, make, refill, write } from "./dom.js";
import { maps } from "./mapdesk.js";
import { startMove } from "./moving.js";

const rowsOf = (state, id) => state.grid.filter((row) => row.provision === id || (row.of === "provision" && row.id === id));

function nearest(site, sites, key) {
  const [east, south] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  const cost = (other) => {
    const [x, y] = [other.x - site.x, other.y - site.y];
    const on = x * east + y * south, off = Math.abs(x * south) + Math.abs(y * east);
    return on > 0 || (on === 0 && off === 0) ? on + 2.5 * off : Infinity;
  };
  const others = sites.filter((other) => other.id !== site.id).map((other) => [cost(other), other]).filter(([c]) => c < Infinity);
  return others.sort((a, b) => a[0] - b[0])[0]?.[1];
}

function focusSite(id) {
  for (const group of $("map-one").querySelectorAll("[data-site]")) group.setAttribute("tabindex", group.dataset.site === id ? "0" : "-1");
  $("map-one").querySelector(`[data-site="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}

function onKey(now, event) {
  const group = event.target.closest?.("[data-site]");
  if (!group || $("map-one").dataset.placing) return;
  const { state, view } = now();
  const site = state.sites.find((one) => one.id === group.dataset.site);
  if (event.key.startsWith("Arrow")) {
    const next = nearest(site, state.sites, event.key);
    if (next) focusSite(next.id);
  } else if (event.key === "Enter" || event.key === " ") {
    view.set({ site: site.id });
    $("card").focus();
  } else if (event.key === "m" || event.key === "M") {
    if (site.movable) startMove(now, site);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function schemeLine(now, row) {
  const switched = row.choice === null ? null : choiceCell(row, (scheme, value) => now().store.edit({ op: "choice", scheme, value }).catch(() => {}), "card");
  return make("div", { class: "card-row", "data-row": row.row },
    make("p", { class: "card-name" }, row.of === "scheme" ? row.name : "Places there are"), switched, make("p", { class: "card-told" }));
}

function build(now, site, these) {
  const { store, view } = now();
  const added = these.find((row) => row.new);
  return [
    make("h3", {}, site.name),
    ...these.map((row) => schemeLine(now, row)),
    make("div", { class: "card-buttons" },
      site.movable ? make("button", { type: "button", onclick: () => startMove(now, now().state.sites.find((one) => one.id === site.id)) }, "Move it") : null,
      make("button", { type: "button", onclick: () => showInTable(these[0]?.row) }, "Show in the table"),
      added ? make("button", { type: "button", onclick: () => { view.set({ site: null }); store.edit({ op: "remove", row: added.row }).catch(() => {}); } }, "Remove it") : null,
      make("button", { type: "button", onclick: () => { view.set({ site: null }); focusSite(site.id); } }, "Close")),
  ];
}

function showInTable(key) {
  const line = document.querySelector(`tr[data-row="${CSS.escape(key ?? "")}"]`);
  if (!line) return;
  $(`tab-${key.startsWith("scheme:") ? "schemes" : "places"}`).click();
  line.scrollIntoView({ block: "center" });
  line.querySelector("input:checked, input.box:not([hidden]), button")?.focus({ preventScroll: true });
}

export function showSites(now) {
  const { state, view } = now();
  const card = $("card");
  const site = state.sites.find((one) => one.id === view.site);
  card.hidden = !site;
  for (const group of $("map-one").querySelectorAll("[data-site]")) group.classList.toggle("chosen", group.dataset.site === view.site);
  if (!site) return;
  card.classList.toggle("away", Boolean(maps.one) && maps.one.pixel([site.x, site.y])[0] < maps.one.size.width / 2);
  const these = rowsOf(state, site.id);
  refill(card, [site.id, site.name, site.movable, these.map((row) => [row.row, row.name])], () => build(now, site, these));
  for (const row of these) {
    const line = card.querySelector(`[data-row="${CSS.escape(row.row)}"]`);
    if (line.querySelector("fieldset")) fillChoice(line.querySelector("fieldset"), row);
    const places = row.places === null ? "" : `${row.places} places`;
    write(line.querySelector(".card-told"), [places, told(row, row.of === "scheme" ? "decision" : "")].filter(Boolean).join(", "));
  }
}

export function startSites(now) {
  const svg = $("map-one");
  svg.addEventListener("keydown", (event) => onKey(now, event));
  svg.addEventListener("click", (event) => {
    const group = event.target.closest("[data-site]");
    if (!group || svg.dataset.placing || svg.dataset.dragged) return;
    focusSite(group.dataset.site);
    now().view.set({ site: group.dataset.site });
  });
  svg.addEventListener("focusin", (event) => {
    const id = event.target.closest?.("[data-site]")?.dataset.site;
    const site = id && now().state.sites.find((one) => one.id === id);
    if (!site || !maps.one) return;
    const [left, top] = maps.one.pixel([site.x, site.y]);
    if (left < 0 || top < 0 || left > svg.clientWidth || top > svg.clientHeight) maps.one.seen.moveTo([site.x, site.y]);
  });
  $("card").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const id = now().view.site;
    now().view.set({ site: null });
    if (id) focusSite(id);
  });
}
