// A first visit: four short hints, which can be skipped, and had again from Help.

import { $, write } from "./dom.js";

const HINTS = [
  ["figures-part", "What the plan comes to", "These figures are the plan's, each with its change against building nothing. They move as you edit."],
  ["desk", "Change a scheme", "Switch it to Yes, No or Auto (the optimiser chooses), and change its places and money in the table. Cells from Excel can be pasted."],
  ["map-part", "Move a site", "Drag a site, or choose it and press M, then the arrow keys and Enter. “Add a base” drops a new one on the map."],
  ["bar", "Nothing is lost", "Every edit is kept at once and can be undone. Save what you like under a name, put two side by side, and make the papers."],
];
let at = -1, done = () => {};

function show(n) {
  document.querySelector(".hinted")?.classList.remove("hinted");
  at = n;
  const hint = HINTS[n];
  $("hint").hidden = !hint;
  if (!hint) return done();
  const [id, title, words] = hint;
  $(id).classList.add("hinted");
  $(id).scrollIntoView({ block: "nearest" });
  write($("hint-title"), title);
  write($("hint-words"), words);
  write($("hint-count"), `${n + 1} of ${HINTS.length}`);
  write($("hint-next"), n + 1 < HINTS.length ? "Next" : "Start");
  $("hint").focus({ preventScroll: true });
}

export function startHints({ info, store }) {
  done = () => { store.ask("/api/hint"); $("bar").focus?.(); };
  $("hint-next").addEventListener("click", () => show(at + 1));
  $("hint-skip").addEventListener("click", () => show(HINTS.length));
  $("hint").addEventListener("keydown", (event) => { if (event.key === "Escape") show(HINTS.length); });
  $("help").addEventListener("click", () => $("help-dialog").showModal());
  $("help-close").addEventListener("click", () => $("help-dialog").close());
  $("hints-again").addEventListener("click", () => { $("help-dialog").close(); show(0); });
  $("end").addEventListener("click", async () => {
    await store.ask("/api/stop");
    $("help-dialog").close();
  });
  if (info.first_visit) show(0);
}
