// Edits that the studio has not confirmed yet: kept through a reload, and shown as if they were made.

const KEY = "sufficiency studio, unsent edits: ";

export class Pending {
  constructor(owner) {
    this.key = KEY + owner;
    this.steps = [];
    try {
      this.steps = JSON.parse(localStorage.getItem(this.key) ?? "[]").map((step) => ({ ...step, kept: true }));
    } catch {
      this.steps = []; // a browser that keeps nothing: edits wait in this page alone
    }
  }

  keep() {
    const lasting = this.steps.filter((step) => step.path === "/api/edit").map(({ path, body }) => ({ path, body }));
    try {
      if (lasting.length) localStorage.setItem(this.key, JSON.stringify(lasting));
      else localStorage.removeItem(this.key);
    } catch { /* as above */ }
  }

  add(step) {
    this.steps.push(step);
    this.keep();
  }

  shift() {
    const step = this.steps.shift();
    this.keep();
    return step;
  }

  get edits() {
    return this.steps.filter((step) => step.path === "/api/edit");
  }
}

/** The state as it will be once pending edits have been taken. */
export function withPending(state, edits) {
  const ops = edits.flatMap((step) => step.body.ops);
  if (!ops.length) return state;
  const rows = new Map(state.grid.map((row) => [row.row, row]));
  const settings = new Map(state.settings.map((setting) => [setting.name, setting]));
  const sites = new Map(state.sites.map((site) => [site.id, site]));
  const put = (map, key, more) => { if (map.has(key)) map.set(key, { ...map.get(key), ...more }); };
  for (const op of ops) {
    if (op.op === "set") put(rows, op.row, { [op.column]: op.value });
    if (op.op === "choice") put(rows, `scheme:${op.scheme}`, { choice: op.value });
    if (op.op === "setting") put(settings, op.name, { value: op.value, text: null });
    if (op.op === "move") put(sites, op.provision, { x: op.x, y: op.y });
  }
  return { ...state, grid: [...rows.values()], settings: [...settings.values()], sites: [...sites.values()] };
}
