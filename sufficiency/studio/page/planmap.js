// A map of one plan: the ground, areas shaded by class, sites by symbol. It can be made twice, for two plans side by side.

import { draw, write } from "./dom.js";
import { apart, place, short, SIZES } from "./labels.js";
import { STATES, symbol } from "./symbols.js";

const WEIGHT = { opens: 0, committed: 1, proposed: 2, "not chosen": 2 };
const path = (d, name) => draw("path", { d, class: name });

export class PlanMap {
  /** `svg` is an empty drawing; `seen` the part looked at, shared with the other map. */
  constructor(svg, seen, ground, { act = null } = {}) {
    Object.assign(this, { svg, seen, act, ground, drawn: new Map(), sites: [], held: null });
    const key = svg.id;
    this.hatch = draw("pattern", { id: `${key}-hatch`, width: 7, height: 7, patternUnits: "userSpaceOnUse" },
      draw("rect", { width: 7, height: 7, class: "hatch-ground" }), draw("path", { d: "M-1 8L8 -1M-1 1L1 -1M6 8L8 6", class: "hatch-line" }));
    this.areas = new Map(ground.areas.map((area) => [area.key, path(area.d, "area")]));
    for (const [name, area] of this.areas) area.dataset.area = name;
    this.layers = Object.fromEntries(["leaders", "symbols", "labels", "over"].map((name) => [name, draw("g", { class: name })]));
    this.layers.symbols.setAttribute("role", "group");
    this.layers.symbols.setAttribute("aria-label", "Sites: arrow keys go from one to the next, Enter opens one");
    svg.replaceChildren(draw("defs", {}, this.hatch), ...this.grounds(), ...Object.values(this.layers));
    svg.classList.toggle("inland", !ground.land);
    seen.addEventListener("change", () => this.look());
    new ResizeObserver(() => this.look()).observe(svg);
  }

  grounds() {
    const { ground } = this;
    const roads = [...ground.roads].reverse();
    return [
      ground.land ? path(ground.land, "land") : null,
      draw("g", { class: "areas" }, ...this.areas.values()),
      ground.settlements ? path(ground.settlements, "settlements") : null,
      ground.water ? path(ground.water, "water") : null,
      draw("g", { class: "roads" }, ...roads.map((road) => path(road.d, `casing ${road.kind}`)), ...roads.map((road) => path(road.d, `road ${road.kind}`))),
      ground.outline ? path(ground.outline, "outline") : null,
    ].filter(Boolean);
  }

  /** Metres to a pixel of the screen. */
  get scale() {
    const [, , w, h] = this.seen.box;
    const { width, height } = this.size;
    return Math.max(w / width, h / height);
  }

  get size() {
    return { width: this.svg.clientWidth || 600, height: this.svg.clientHeight || 400 };
  }

  pixel([x, y]) {
    const { width, height } = this.size;
    return [width / 2 + (x - this.seen.middle[0]) / this.scale, height / 2 + (y - this.seen.middle[1]) / this.scale];
  }

  metres([left, top]) {
    const { width, height } = this.size;
    return [this.seen.middle[0] + (left - width / 2) * this.scale, this.seen.middle[1] + (top - height / 2) * this.scale];
  }

  shade(classes) {
    for (const [name, area] of this.areas) {
      const found = classes?.[name];
      const kind = found === undefined || found === null ? "nobody" : found < 0 ? "withheld" : `shade-${found}`;
      area.setAttribute("class", `area ${kind}`);
      if (found < 0) area.setAttribute("fill", `url(#${this.svg.id}-hatch)`);
      else area.removeAttribute("fill");
    }
  }

  show(sites) {
    this.sites = sites.toSorted((a, b) => (WEIGHT[a.state] ?? 3) - (WEIGHT[b.state] ?? 3) || a.name.localeCompare(b.name));
    this.look();
  }

  element(site) {
    const key = JSON.stringify([site.like, site.state, site.name, site.movable]);
    const had = this.drawn.get(site.id);
    if (had?.key === key) return had.group;
    const words = [site.name, site.kind_title ?? "", STATES[site.state] ?? ""].filter(Boolean).join(", ");
    const group = had?.group ?? draw("g", { "data-site": site.id });
    group.setAttribute("class", site.movable ? "site movable" : "site");
    group.dataset.state = site.state;
    if (this.act) {
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", words);
      if (!had) group.setAttribute("tabindex", "-1");
    }
    group.replaceChildren(draw("title", {}, words), ...symbol(site.like, site.state).filter(Boolean));
    this.drawn.set(site.id, { key, group });
    return group;
  }

  look() {
    const [x, y, w, h] = this.seen.box;
    this.svg.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    const k = this.scale;
    this.hatch.setAttribute("patternTransform", `scale(${k})`);
    this.svg.classList.toggle("near", this.seen.zoom > 2);
    const spots = apart(this.sites.map((site) => this.pixel([site.x, site.y])));
    this.put(spots, k);
    this.letter(spots, k);
    this.held?.(k);
  }

  put(spots, k) {
    const groups = this.sites.map((site, n) => {
      const group = this.element(site), [east, south] = this.metres(spots[n]);
      group.setAttribute("transform", `translate(${east.toFixed(1)} ${south.toFixed(1)}) scale(${k.toFixed(3)})`);
      return group;
    });
    const inOrder = groups.toReversed(); // schemes last, so that they lie on top
    const { symbols, leaders } = this.layers;
    if (inOrder.length !== symbols.children.length || inOrder.some((group, n) => symbols.children[n] !== group)) symbols.replaceChildren(...inOrder);
    if (this.act && !symbols.querySelector('[tabindex="0"]')) groups[0]?.setAttribute("tabindex", "0");
    const moved = this.sites.flatMap((site, n) => {
      const [left, top] = this.pixel([site.x, site.y]);
      if (Math.hypot(left - spots[n][0], top - spots[n][1]) < 8) return [];
      const [east, south] = this.metres(spots[n]);
      return [draw("path", { class: "leader", d: `M${site.x} ${site.y}L${east.toFixed(1)} ${south.toFixed(1)}` })];
    });
    leaders.replaceChildren(...moved);
  }

  letter(spots, k) {
    const name = (site, n) => ({ text: short(site.name), spot: spots[n], kind: "site", state: site.state });
    const named = this.sites.map(name), first = named.filter((one) => one.state in WEIGHT), rest = named.filter((one) => !(one.state in WEIGHT));
    const towns = this.ground.towns.map((town) => ({ text: town.name, spot: this.pixel([town.x, town.y]), kind: "town" }));
    const { width, height } = this.size;
    const placed = place([...first, ...towns, ...rest], spots, [width, height]);
    this.layers.labels.replaceChildren(...placed.map((label) => {
      const [east, south] = this.metres([label.x, label.y]);
      return draw("text", { class: `label ${label.kind}`, "data-state": label.state, "font-size": SIZES[label.kind], "aria-hidden": "true",
        transform: `translate(${east.toFixed(1)} ${south.toFixed(1)}) scale(${k.toFixed(3)})` }, label.text);
    }));
  }

  /** Say what the map shows, for who cannot see it. */
  describe(text) {
    let title = this.svg.querySelector(":scope > title");
    if (!title) this.svg.prepend(title = draw("title"));
    write(title, text);
  }
}
