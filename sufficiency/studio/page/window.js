// The part of the map that is looked at, in metres; two maps side by side share one.

const MOST = 16;

export class MapWindow extends EventTarget {
  constructor([x, y, w, h]) {
    super();
    this.whole = { x, y, w, h };
    this.zoom = 1;
    this.middle = [x + w / 2, y + h / 2];
  }

  get box() {
    const { w, h } = this.whole;
    return [this.middle[0] - w / this.zoom / 2, this.middle[1] - h / this.zoom / 2, w / this.zoom, h / this.zoom];
  }

  set(zoom, [x, y]) {
    const { whole } = this;
    this.zoom = Math.min(MOST, Math.max(1, zoom));
    const half = [whole.w / this.zoom / 2, whole.h / this.zoom / 2];
    this.middle = [
      Math.min(whole.x + whole.w - half[0], Math.max(whole.x + half[0], x)),
      Math.min(whole.y + whole.h - half[1], Math.max(whole.y + half[1], y)),
    ];
    this.dispatchEvent(new Event("change"));
  }

  zoomBy(factor, at = this.middle) {
    const next = Math.min(MOST, Math.max(1, this.zoom * factor));
    const near = this.zoom / next;
    this.set(next, [0, 1].map((n) => at[n] + (this.middle[n] - at[n]) * near));
  }

  /** Move by parts of what is seen. */
  moveBy(right, down) {
    const [, , w, h] = this.box;
    this.set(this.zoom, [this.middle[0] + right * w, this.middle[1] + down * h]);
  }

  moveTo(at) { this.set(this.zoom, at); }

  all() { this.set(1, [this.whole.x + this.whole.w / 2, this.whole.y + this.whole.h / 2]); }
}

export const MOVES = {
  in: (w) => w.zoomBy(1.6), out: (w) => w.zoomBy(1 / 1.6), all: (w) => w.all(),
  left: (w) => w.moveBy(-0.2, 0), right: (w) => w.moveBy(0.2, 0), up: (w) => w.moveBy(0, -0.2), down: (w) => w.moveBy(0, 0.2),
};
export const KEYS = { "+": "in", "=": "in", "-": "out", 0: "all", ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
