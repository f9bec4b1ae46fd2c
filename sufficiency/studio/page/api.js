// Requests to the studio on this computer; nothing else is ever asked.

/** What went wrong, in plain words. `gone`: nobody answered; `shut`: the studio no longer knows this page. */
export class Trouble extends Error {
  constructor(words, { status = 0, faults = [], body = null } = {}) {
    super(words);
    Object.assign(this, { status, faults, body });
  }
  get gone() { return this.status === 0; }
  get shut() { return this.status === 401; }
}

const PATIENCE_MS = 30000;

async function ask(path, options) {
  let answer, body;
  try {
    answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
    body = await answer.json();
  } catch (error) {
    if (answer && !answer.ok) throw new Trouble("The studio could not do that.", { status: answer.status });
    throw new Trouble("The studio does not answer.");
  }
  if (answer.ok) return body;
  const said = body.error ?? {};
  throw new Trouble(said.words ?? "The studio could not do that.", { status: answer.status, faults: said.faults, body });
}

export const get = (path) => ask(path, {});

export const post = (path, body = {}) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
