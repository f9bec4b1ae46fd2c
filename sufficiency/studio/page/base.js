// Dropping a new base on the map: where, then what.

import { say } from "./announce.js";
import { $, make, write } from "./dom.js";
import { choosePlace } from "./moving.js";
import { shown, year } from "./words.js";

const FIELDS = ["name", "kind", "ncy_from", "ncy_to", "places", "capital_gbp", "place_funding_gbp", "gbp_per_child", "earliest_year"];
const field = (name) => $(`base-${name}`);
let spot = null;

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) => make("option", { value }, text)));
}

function open(now, x, y) {
  const { info } = now();
  const first = info.new_base;
  spot = [x, y];
  for (const name of FIELDS) if (name in first) field(name).value = shown(first[name], name);
  const needs = new Set(String(first.needs ?? "").split("|"));
  for (const tick of $("base-needs").querySelectorAll("input")) tick.checked = needs.has(tick.value) || needs.has("*");
  field("name").value = first.name ?? "New base";
  $("base-fault").hidden = true;
  $("base").showModal();
  field("name").select();
}

async function add(now, event) {
  event.preventDefault();
  const { store, view } = now();
  const needs = [...$("base-needs").querySelectorAll("input:checked")].map((tick) => tick.value);
  if (!needs.length) return void fault("Tick at least one need that the base will meet.");
  const values = Object.fromEntries(FIELDS.map((name) => [name, field(name).value.trim()]));
  const op = { op: "base", ...values, ncy_from: Number(values.ncy_from), ncy_to: Number(values.ncy_to), x: spot[0], y: spot[1],
    needs: needs.join("|"), choice: field("open").checked ? "open" : "" };
  const submit = $("base-form").querySelector("[type=submit]");
  submit.disabled = true;
  try {
    const answer = await store.edit(op);
    $("base").close();
    const made = answer.state.grid.find((row) => row.row === `scheme:${answer.made?.[0]}`);
    if (made) view.set({ site: made.provision });
    say(`${values.name} added to the map and to the table of schemes.`);
  } catch (error) {
    $("refused").hidden = true;
    fault([error.message, ...(error.faults ?? []).map((one) => `${one.what ?? ""} ${one.remedy ?? ""}`)].join(" "));
  } finally {
    submit.disabled = false;
  }
}

function fault(words) {
  write($("base-fault"), words);
  $("base-fault").hidden = false;
  $("base-fault").focus();
}

export function startBase(now) {
  const { info } = now();
  options(field("kind"), info.kinds.map((kind) => [kind.key, kind.title]));
  const last = Math.max(...info.phases.map((phase) => phase.ncy_to));
  const all = Array.from({ length: last + 1 }, (_, ncy) => [ncy, year(ncy)]);
  options(field("ncy_from"), all);
  options(field("ncy_to"), all);
  options(field("earliest_year"), info.years.map((one, n) => [one, info.year_words[n]]));
  $("base-needs").append(...info.needs.map((need) => make("label", { class: "tick" },
    make("input", { type: "checkbox", value: need.code }), ` ${need.code}`, make("span", { class: "small" }, ` ${need.title}`))));
  $("base-form").addEventListener("submit", (event) => add(now, event));
  $("base-cancel").addEventListener("click", () => $("base").close());
  $("add-base").addEventListener("click", () => choosePlace("New base", (x, y) => open(now, x, y)));
}
