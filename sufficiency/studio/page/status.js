// What the studio is doing, and what has gone wrong, in plain words.

import { say, warn } from "./announce.js";
import { $, make, refill, write } from "./dom.js";
import { counted, seconds } from "./words.js";

const waiting = (store) => {
  const n = store.pending.edits.length;
  return n ? ` ${counted(n, "edit")} made since ${n === 1 ? "is" : "are"} kept in this page and will be sent then.` : "";
};

const LINKS = {
  gone: (store) => [
    make("strong", {}, "The studio has stopped or cannot be reached. Nothing is lost."),
    ` Your scenario is kept with the case.${waiting(store)} Start the studio again as you did before and open the link ` +
      "it prints; this page then carries on by itself.",
  ],
  shut: (store) => [
    make("strong", {}, "The studio was started again and does not know this page yet."),
    ` Open the link that it printed, in this browser; this page then carries on by itself.${waiting(store)}`,
  ],
};

function doing({ state, store }) {
  const answer = state.answer;
  if (store.pending.steps.length) return ["busy", "Sending your edit…"];
  if (state.solving) return ["busy", `Working: ${seconds(state.solving.seconds)} s, ${state.solving.words || "solving"}`];
  if (state.problem) return ["stuck", "No new answer"];
  if (!answer) return ["busy", "Making the first plan…"];
  if (!answer.current) return ["old", state.auto ? "Starting…" : "Edited since the last answer"];
  const proved = answer.proved ? "" : "; not proved the best";
  return ["well", `Up to date, solved in ${seconds(answer.seconds)} s${proved}`];
}

let told = null;
function tell({ state }) {
  const { answer, solving } = state;
  if (!answer?.current || solving || told === answer.revision) return;
  if (told !== null) {
    const main = answer.headlines.slice(0, 3).map((one) => `${one.label} ${one.text}`).join("; ");
    say(`Solved. ${main}.`);
  }
  told = answer.revision;
}

export function showStatus(now) {
  const { state, store } = now;
  const [kind, words] = doing(now);
  const line = $("doing");
  line.dataset.kind = kind;
  line.dataset.revision = state.revision;
  write($("doing-words"), words);
  line.title = words;
  $("stop-solving").hidden = !state.solving;
  $("solve-now").hidden = !(kind === "stuck" || (kind === "old" && !state.auto));
  $("auto").checked = state.auto;
  $("results").setAttribute("aria-busy", String(kind === "busy"));
  document.body.classList.toggle("stale", Boolean(state.answer) && !state.answer.current);
  showLink(store);
  refill($("problem"), state.problem, () => (state.problem ? [make("strong", {}, "The last solve did not work. "), state.problem] : []));
  $("problem").hidden = !state.problem;
  tell(now);
}

function showLink(store) {
  const bar = $("link");
  const words = LINKS[store.link];
  refill($("link-words"), [store.link, store.pending.edits.length], () => (words ? words(store) : []));
  if (bar.hidden !== !words) {
    if (words) warn($("link-words").textContent);
    else say("The studio answers again.");
  }
  bar.hidden = !words;
}

/** Say that an edit was refused: why, where, and how to mend it. */
export function showRefusal(error) {
  const faults = error.faults ?? [];
  const list = faults.map((fault) => make("li", {}, [fault.what, fault.remedy].filter(Boolean).join(" ")));
  $("refused-words").replaceChildren(make("strong", {}, "That edit was not made. "), error.message);
  $("refused-faults").replaceChildren(...list);
  $("refused").hidden = false;
  warn($("refused-words").textContent + list.map((item) => ` ${item.textContent}`).join(""));
}

export function startStatus({ store }) {
  $("stop-solving").addEventListener("click", () => store.ask("/api/cancel"));
  $("solve-now").addEventListener("click", () => store.ask("/api/solve", { revision: store.latest.revision }));
  $("auto").addEventListener("change", (event) => store.ask("/api/auto", { on: event.target.checked }));
  $("link-again").addEventListener("click", () => store.wake());
  $("refused-close").addEventListener("click", () => { $("refused").hidden = true; });
  store.addEventListener("taken", () => { $("refused").hidden = true; });
  store.addEventListener("refused", ({ error }) => { if (!error.gone && !error.shut) showRefusal(error); });
}
