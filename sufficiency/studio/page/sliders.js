// The settings at hand: each a slider with a box for the exact value, and a way back to the case's own.

import { $, later, make, write } from "./dom.js";
import { shown } from "./words.js";

const PAUSE_MS = 250;
const parts = new Map();

function build({ store }, setting) {
  const id = `setting-${setting.name}`;
  const slider = make("input", { type: "range", id, min: setting.least, max: setting.most, step: setting.step, "aria-describedby": `${id}-help` });
  const box = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `${setting.label}, exact (${setting.unit})` });
  const back = make("button", { type: "button", class: "quiet", "aria-label": `${setting.label}: as in the case` }, "As in the case");
  const free = setting.name === "budget"
    ? make("label", { class: "tick" }, make("input", { type: "checkbox" }), " No limit") : null;
  const value = make("output", { for: id, class: "value" });
  const send = (to) => store.edit({ op: "setting", name: setting.name, value: to }).catch(() => {});
  const soon = later(PAUSE_MS, send);
  slider.addEventListener("input", () => {
    box.value = shown(Number(slider.value));
    soon(Number(slider.value));
  });
  box.addEventListener("change", () => send(box.value.trim() === "" ? setting.own : box.value));
  back.addEventListener("click", () => { send(setting.own); slider.focus(); });
  free?.firstChild.addEventListener("change", (event) => send(event.target.checked ? null : setting.own ?? Number(slider.value)));
  const whole = make("div", { class: "slider" },
    make("div", { class: "slider-head" }, make("label", { for: id }, setting.label), value),
    slider,
    make("div", { class: "slider-foot" }, box, free, back),
    make("p", { class: "small", id: `${id}-help` }, setting.help));
  $("sliders").append(whole);
  return { slider, box, back, free, value };
}

export function showSliders(now) {
  for (const setting of now.state.settings) {
    if (!parts.has(setting.name)) parts.set(setting.name, build(now, setting));
    const { slider, box, back, free, value } = parts.get(setting.name);
    const none = setting.value === null;
    const text = setting.text ?? shown(setting.value);
    if (document.activeElement !== slider) slider.value = String(none ? setting.most : setting.value);
    if (document.activeElement !== box) box.value = shown(setting.value);
    slider.disabled = box.disabled = none;
    slider.setAttribute("aria-valuetext", text);
    write(value, text);
    if (free) free.firstChild.checked = none;
    back.hidden = setting.value === setting.own;
  }
}
