// Scenarios: named, saved, opened, taken back a step at a time.

import { say } from "./announce.js";
import { $, make, refill, write } from "./dom.js";
import { counted } from "./words.js";

const NEW = "";
const quiet = () => {};

export function showScenarios({ state, store }) {
  const { scenario, scenarios } = state;
  const list = [[NEW, "The case, nothing changed"], ...scenarios.map((one) => [one.name, `${one.title || one.name} (${counted(one.differences, "difference")})`])];
  const open = $("scenario");
  const kept = scenarios.some((one) => one.name === scenario.name);
  const here = kept ? scenario.name : scenario.changed || scenario.name ? "*" : NEW;
  const all = here === "*" ? [["*", `Not saved yet (${counted(scenario.differences.length, "difference")})`], ...list] : list;
  refill(open, all, () => all.map(([value, text]) => make("option", { value }, text)));
  if (open.value !== here) open.value = here;
  const loose = scenario.changed && scenario.name ? "Changed since it was saved" : "";
  write($("scenario-state"), loose);
  $("undo").disabled = !scenario.can_undo || store.link !== "well";
  $("redo").disabled = !scenario.can_redo || store.link !== "well";
  $("undo").title = scenario.undo_words ? `Undo: ${scenario.undo_words}` : "Nothing to undo";
  $("redo").title = scenario.redo_words ? `Redo: ${scenario.redo_words}` : "Nothing to redo";
  $("save").disabled = !scenario.changed && kept;
  $("delete").hidden = !kept;
  const differences = scenario.differences;
  write($("print-scenario"), `Scenario: ${scenario.title || scenario.name || (scenario.changed ? "not saved" : "the case, nothing changed")}`);
  write($("differences-count"), counted(differences.length, "difference"));
  refill($("differences"), differences, () => (differences.length ? differences.map((words) => make("li", {}, words)) : [make("li", {}, "Nothing differs from the case.")]));
}

async function step(store, path, words, done) {
  try {
    await store.write(path);
    say(`${done}: ${words}`);
  } catch { /* told by the bar of refusals */ }
}

function openDialog({ state }) {
  $("save-title").value = state.scenario.title || "";
  $("save-fault").hidden = true;
  $("save-replace").hidden = true;
  $("save-dialog").showModal();
}

async function save(now, replace) {
  const { store, state } = now();
  const title = $("save-title").value.trim();
  try {
    await store.write("/api/save", { title, replace, ...(state.scenario.name && state.scenario.title === title ? { name: state.scenario.name } : {}) });
    if ($("save-dialog").open) $("save-dialog").close();
    say(`Saved as ${title}.`);
  } catch (error) {
    $("refused").hidden = true;
    if (!$("save-dialog").open) openDialog(now());
    write($("save-fault"), error.message);
    $("save-fault").hidden = false;
    $("save-replace").hidden = !error.body?.exists;
  }
}

export function startScenarios(now) {
  const { store } = now();
  const undo = () => step(store, "/api/undo", now().state.scenario.undo_words, "Undone");
  const redo = () => step(store, "/api/redo", now().state.scenario.redo_words, "Redone");
  $("undo").addEventListener("click", undo);
  $("redo").addEventListener("click", redo);
  $("scenario").addEventListener("change", ({ target }) => {
    if (target.value === "*") return;
    store.write(target.value === NEW ? "/api/new" : "/api/open", target.value === NEW ? {} : { name: target.value })
      .then(() => say("Opened. Undo takes you back."), quiet);
  });
  $("save").addEventListener("click", () => {
    const { scenario } = now().state;
    if (!scenario.name) return openDialog(now());
    $("save-title").value = scenario.title;
    save(now, true);
  });
  $("save-as").addEventListener("click", () => openDialog(now()));
  $("save-form").addEventListener("submit", (event) => { event.preventDefault(); save(now, false); });
  $("save-replace").addEventListener("click", () => save(now, true));
  $("save-cancel").addEventListener("click", () => $("save-dialog").close());
  $("delete").addEventListener("click", () => store.ask("/api/delete", { name: now().state.scenario.name }).then((answer) => answer && say("Moved to the deleted scenarios in the case's folder.")));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.dataset?.typing !== undefined || event.target.closest?.("dialog")) return;
    const key = event.key.toLowerCase();
    const back = key === "z" && !event.shiftKey, again = key === "y" || (key === "z" && event.shiftKey);
    if (!back && !again) return;
    event.preventDefault();
    if (back && now().state.scenario.can_undo) undo();
    if (again && now().state.scenario.can_redo) redo();
  });
}
