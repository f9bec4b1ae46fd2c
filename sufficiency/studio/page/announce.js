// What a screen reader is told: politely, or at once.

import { $ } from "./dom.js";

function speak(id, text) {
  const region = $(id);
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

export const say = (text) => speak("said", text);
export const warn = (text) => speak("warned", text);
