"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const map = document.getElementById("map");
  const svg = map.querySelector("svg");
  const tip = document.getElementById("tip");
  const HIDDEN = -1, NOTHING = "#e6e8ea";
  const hatch = `url(#${svg.querySelector("pattern").id})`;
  const select = (name) => document.getElementById(name);
  const chosen = (name, otherwise) => select(name)?.value ?? otherwise;
  const layers = Object.fromEntries(data.layers.map((layer) => [layer.key, layer]));
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

  // What a plan's area shows: a number, HIDDEN, or null where there is nobody.
  const found = (plan, key, layer) => data.values[plan]?.[key]?.layers[layer];
  const less = (now, before) => {
    if (now === null || before === null) return null;
    return now === HIDDEN || before === HIDDEN ? HIDDEN : Math.round((now - before) * 10) / 10;
  };
  function values(view, key, layer) {
    if (view !== "change") return found(view, key, layer) ?? [];
    const now = found("plan", key, layer), before = found("before", key, layer);
    return now && before && now.length === before.length ? now.map((value, n) => less(value, before[n])) : [];
  }
  const words = (value, view) => {
    if (value === null || value === undefined) return "no children modelled";
    if (value === HIDDEN && view !== "change") return "not shown";
    return (view === "change" && value > 0 ? "+" : "") + number.format(value).replace("-", "−");
  };

  let shown = new Map();
  function draw() {
    const view = chosen("view", "plan"), layer = layers[chosen("layer")];
    const need = chosen("need"), phase = chosen("phase"), year = chosen("year");
    const key = `${year} ${need} ${phase}`;
    const geography = (data.values.plan[key] ?? data.values.before?.[key])?.geography ?? Object.keys(data.areas)[0];
    const names = data.areas[geography], these = values(view, key, layer.key);
    const isHidden = these.map((value, n) => value === HIDDEN && (view !== "change" || hiddenIn(key, layer.key, n)));
    const { breaks, shades } = data.classes[`${view} ${layer.key}`];
    shown = new Map(names.map((name, n) => [name, isHidden[n] ? "not shown" : words(these[n], view)]));
    for (const group of svg.querySelectorAll("g.areas")) {
      group.style.display = group.dataset.geography === geography ? "" : "none";
    }
    const paths = new Map([...svg.querySelectorAll("g.areas")].filter((g) => g.dataset.geography === geography)
      .flatMap((group) => [...group.querySelectorAll("[data-area]")]).map((path) => [path.dataset.area, path]));
    names.forEach((name, n) => {
      const value = these[n];
      const shade = value === null || value === undefined ? NOTHING
        : isHidden[n] ? hatch : shades[breaks.filter((low) => value >= low).length];
      paths.get(name)?.setAttribute("fill", shade);
    });
    for (const part of svg.querySelectorAll("g.key")) {
      part.style.display = part.dataset.view === view && part.dataset.layer === layer.key ? "" : "none";
    }
    say(view, layer, need, phase, year, geography, names);
  }
  const hiddenIn = (key, layer, n) => found("plan", key, layer)[n] === HIDDEN || found("before", key, layer)[n] === HIDDEN;

  function say(view, layer, need, phase, year, geography, names) {
    const of = [data.years[year], need === "all" ? "" : need, phase === "all" ? "" : data.phases[phase]];
    const who = view === "plan" ? "" : `${data.views[view]}. `;
    const title = `${who}${layer.title}, ${of.filter(Boolean).join(", ")}`;
    const lines = svg.querySelectorAll("g.title text");
    lines.forEach((line, n) => { line.textContent = n ? "" : title; });
    const room = svg.viewBox.baseVal.width - 32, wide = lines[0].getComputedTextLength?.() || 0;
    if (wide > room) lines[0].setAttribute("font-size", (20 * room / wide).toFixed(1));
    else lines[0].setAttribute("font-size", "20");
    svg.querySelector("title").textContent = title;
    const unit = view === "change" ? layer.unit.replace("% of children", "percentage points") : layer.unit;
    select("caption").textContent = title;
    select("unit").textContent = `${layer.legend}, ${unit}`;
    select("rows").replaceChildren(...names.map((name) => {
      const row = document.createElement("tr"), head = document.createElement("th"), cell = document.createElement("td");
      head.scope = "row";
      head.textContent = name === "all" ? "Whole council" : name;
      cell.className = "n";
      cell.textContent = shown.get(name);
      row.append(head, cell);
      return row;
    }));
    const hidden = [...shown.values()].filter((text) => text === "not shown").length;
    const nobody = [...shown.values()].filter((text) => text === "no children modelled").length;
    select("said").textContent = `Showing ${title}, by ${geography}: ${names.length} ${names.length === 1 ? "area" : "areas"}` +
      `${hidden ? `, ${hidden} not shown` : ""}${nobody ? `, ${nobody} with nobody` : ""}.`;
  }

  // The window of the map: what moves in it is put in one group, cut off at its edge.
  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const sea = svg.querySelector("rect.sea");
  const box = ["x", "y", "width", "height"].map((name) => Number(sea.getAttribute(name)));
  const clip = make("clipPath", { id: "page-window" });
  clip.append(make("rect", { x: box[0], y: box[1], width: box[2], height: box[3] }));
  const view = make("g", {}), outer = make("g", { "clip-path": "url(#page-window)" });
  const moving = ["ground", "flows", "shields", "sites", "labels"].map((name) => svg.querySelector(`g.${name}`)).filter(Boolean);
  moving[0].before(clip, outer);
  outer.append(view);
  view.append(...moving);
  const pinned = [...svg.querySelectorAll("g.sites > g[transform], g.shields > g[transform]")]
    .map((element) => [element, element.getAttribute("transform")]);
  const letters = [...svg.querySelectorAll("g.labels text, g.shields text, g.shields rect")].map((element) => [
    element, Number(element.getAttribute("x")), Number(element.getAttribute("y"))]);

  const lines = [...view.querySelectorAll("[stroke-width]")]
    .filter((element) => !element.closest("g.site, g.labels, g.shields"))
    .map((element) => [element, Number(element.getAttribute("stroke-width"))]);
  const hatching = svg.querySelector("pattern"), hatched = hatching.getAttribute("patternTransform");
  const distances = [...svg.querySelectorAll("g.scale text")].map((text) => [text, text.textContent])
    .filter(([, words]) => /^[0-9.]+( km)?$/.test(words));

  let zoom = 1, left = 0, top = 0;
  const MOST = 12;
  function place() {
    zoom = Math.min(MOST, Math.max(1, zoom));
    left = Math.min(box[0] * (1 - zoom) + 0, Math.max((box[0] + box[2]) * (1 - zoom), left));
    top = Math.min(box[1] * (1 - zoom) + 0, Math.max((box[1] + box[3]) * (1 - zoom), top));
    view.setAttribute("transform", `translate(${left.toFixed(2)} ${top.toFixed(2)}) scale(${zoom.toFixed(4)})`);
    const back = 1 / zoom;
    for (const [element, was] of pinned) element.setAttribute("transform", `${was} scale(${back.toFixed(4)})`);
    for (const [element, x, y] of letters) {
      element.setAttribute("transform", `translate(${x} ${y}) scale(${back.toFixed(4)}) translate(${-x} ${-y})`);
    }
    for (const [element, width] of lines) element.setAttribute("stroke-width", (width * back).toFixed(3));
    hatching.setAttribute("patternTransform", `${hatched} scale(${back.toFixed(4)})`);
    for (const [text, words] of distances) {
      text.textContent = words.replace(/^[0-9.]+/, (figure) => String(Number((figure * back).toPrecision(2))));
    }
    map.classList.toggle("near", zoom > 1);
    tip.hidden = true;
  }
  const middle = () => [box[0] + box[2] / 2, box[1] + box[3] / 2];
  function zoomBy(factor, [x, y] = middle()) {
    const next = Math.min(MOST, Math.max(1, zoom * factor));
    left = x - (x - left) * next / zoom;
    top = y - (y - top) * next / zoom;
    zoom = next;
    place();
  }
  const moveBy = (x, y) => { left += x; top += y; place(); };
  const step = box[2] / 6;
  const moves = {
    in: () => zoomBy(1.5), out: () => zoomBy(1 / 1.5), left: () => moveBy(step, 0), right: () => moveBy(-step, 0),
    up: () => moveBy(0, step), down: () => moveBy(0, -step), all: () => { zoom = 1; left = top = 0; place(); },
  };
  for (const button of map.querySelectorAll("[data-move]")) button.addEventListener("click", moves[button.dataset.move]);
  const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", 0: "all" };
  map.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[move]();
  });
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  svg.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && zoom === 1) return; // all of it is shown: let the page scroll on
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 400), at(event));
  }, { passive: false });
  const fingers = new Map();
  svg.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, at(event)); });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(end, (event) => { fingers.delete(event.pointerId); });
  }
  svg.addEventListener("pointermove", (event) => {
    point(event);
    const was = fingers.get(event.pointerId);
    if (!was) return;
    const now = at(event), other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) zoomBy(Math.hypot(now[0] - other[0], now[1] - other[1]) / (Math.hypot(was[0] - other[0], was[1] - other[1]) || 1), other);
    else if (zoom > 1) moveBy(now[0] - was[0], now[1] - was[1]);
  });

  // Tooltips: an area's value or a site's name; both stand in the tables below, too.
  const siteWords = new Map([...svg.querySelectorAll("g.site")].map((site) => [site, site.querySelector("title")?.textContent]));
  for (const title of svg.querySelectorAll("g.areas title, g.site > title")) title.remove();
  function point(event) {
    const site = event.target.closest?.("g.site"), area = event.target.closest?.("[data-area]");
    const text = site ? siteWords.get(site) : area ? `${area.dataset.area}: ${shown.get(area.dataset.area) ?? ""}` : "";
    tip.hidden = !text;
    if (!text) return;
    const frame = map.getBoundingClientRect();
    tip.textContent = text;
    tip.style.left = `${Math.max(0, Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${event.clientY - frame.top + 16}px`;
  }
  svg.addEventListener("mouseleave", () => { tip.hidden = true; });

  for (const name of ["view", "layer", "need", "phase", "year"]) select(name)?.addEventListener("change", draw);
  const parts = { "show-sites": "g.sites", "show-labels": "g.labels", "show-roads": "g.roads, g.shields" };
  for (const [name, part] of Object.entries(parts)) {
    select(name).addEventListener("change", (event) => {
      for (const element of svg.querySelectorAll(part)) element.style.display = event.target.checked ? "" : "none";
    });
  }
  svg.setAttribute("role", "group"); // what is in it can be pointed at
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  draw();
})();
