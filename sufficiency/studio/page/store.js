// The studio's state as this page knows it: asked for without end, changed by one edit after another.

import { get, post } from "./api.js";
import { Pending, withPending } from "./pending.js";

const WAITS_MS = [500, 1000, 2000, 4000];
const MOST_STALE = 3;
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

export class Store extends EventTarget {
  /** `link`: "well", "gone" (nobody answers) or "shut" (the studio was started again). */
  constructor() {
    super();
    this.refusals = 0;
    this.link = "well";
    this.latest = null;
    this.sending = false;
    this.wake = () => {};
  }

  async start() {
    this.info = await get("/api/case");
    this.pending = new Pending(this.info.case);
    this.take(await get("/api/state?seen=-1"));
    this.kept = this.pending.edits.length;
    this.listen();
    this.send();
  }

  /** What the page shows: the studio's state with the edits that are still on their way. */
  get state() {
    return withPending(this.latest, this.pending.edits);
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  take(state, { sure = false } = {}) {
    if (!sure && this.latest && state.seq < this.latest.seq) return;
    this.latest = state;
    this.tell();
  }

  async listen() {
    for (let failed = 0; ;) {
      try {
        const back = failed > 0;
        const state = await get(`/api/state?seen=${back ? -1 : this.latest.seq}`);
        failed = 0;
        if (back) this.link = "well";
        this.take(state, { sure: back });
        if (back) this.send();
      } catch (error) {
        this.lose(error);
        const pause = WAITS_MS[Math.min(failed, WAITS_MS.length - 1)];
        failed += 1;
        await Promise.race([wait(pause), new Promise((done) => { this.wake = done; })]);
      }
    }
  }

  lose(error) {
    const link = error.shut ? "shut" : error.gone || error.status === 503 ? "gone" : "well";
    if (link === this.link) return;
    this.link = link;
    this.tell();
  }

  /** Make an edit; the promise ends when the studio has taken or refused it. */
  edit(...ops) {
    return this.write("/api/edit", { ops });
  }

  write(path, body = {}) {
    return new Promise((done, fail) => {
      this.pending.add({ path, body, done, fail, refusals: this.refusals });
      this.tell();
      this.send();
    });
  }

  /** Send what waits, one after another, each against the newest revision. */
  async send() {
    if (this.sending || this.link !== "well") return;
    this.sending = true;
    let stale = 0;
    while (this.pending.steps.length && this.link === "well") {
      const step = this.pending.steps[0];
      try {
        const answer = await post(step.path, { ...step.body, revision: this.latest.revision });
        this.pending.shift();
        stale = 0;
        this.take(answer.state);
        step.done?.(answer);
        // Edits that were made before something was refused, and were only waiting, do not answer that.
        if (step.refusals === this.refusals) this.dispatchEvent(new Event("taken"));
      } catch (error) {
        if (error.gone || error.shut || error.status === 503) {
          this.lose(error);
          this.wake();
        } else if (error.status === 409 && error.body?.state && stale < MOST_STALE) {
          stale += 1;
          this.take(error.body.state, { sure: true });
        } else {
          this.refuse(step, error);
        }
      }
    }
    this.sending = false;
  }

  refuse(step, error) {
    this.refusals += 1;
    this.pending.shift();
    if (step.fail) step.fail(error);
    this.dispatchEvent(Object.assign(new Event("refused"), { error, step }));
    this.tell();
  }

  /** Ask for something that changes no revision: what is compared with, a solve, an export. */
  async ask(path, body = {}) {
    try {
      const answer = await post(path, body);
      if (answer.state) this.take(answer.state);
      return answer;
    } catch (error) {
      if (error.gone || error.shut) this.lose(error);
      this.dispatchEvent(Object.assign(new Event("refused"), { error, step: { path, body } }));
      return null;
    }
  }
}
