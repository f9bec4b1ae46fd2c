// What this window looks at: kept for the next visit, and nobody else's business.

const KEY = "sufficiency studio, view";
const FIRST = { year: null, layer: "", span: "plan", tab: "schemes", beside: false };

export class View extends EventTarget {
  constructor() {
    super();
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    } catch { /* nothing kept */ }
    Object.assign(this, FIRST, kept, { site: null });
  }

  set(more) {
    Object.assign(this, more);
    const { year, layer, span, tab, beside } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ year, layer, span, tab, beside }));
    } catch { /* a browser that keeps nothing */ }
    this.dispatchEvent(new Event("change"));
  }
}
