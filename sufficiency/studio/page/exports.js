// The report, the Word paper and the workbook of what is on the screen.

import { say, warn } from "./announce.js";
import { $, make, refill, write } from "./dom.js";
import { seconds } from "./words.js";

let wanted = "", told = "";

function link(file) {
  const attributes = file.key === "report" ? { target: "_blank", rel: "noopener" } : { download: true };
  return make("li", {}, make("a", { href: file.href, ...attributes }, file.title));
}

function finish(job) {
  const file = job.files.find((one) => one.key === wanted);
  wanted = "";
  if (!file) return;
  const anchor = $("papers-files").querySelector(`a[href="${CSS.escape(file.href)}"]`);
  if (file.key !== "report") anchor?.click();
  say(`${file.title} is ready.`);
  anchor?.focus();
}

export function showExports({ state }) {
  const job = state.export;
  const running = job?.status === "running";
  $("papers").hidden = !job;
  $("papers-stop").hidden = !running;
  for (const button of document.querySelectorAll("[data-paper]")) button.disabled = running;
  if (!job) return;
  const words = { running: `Making the papers: ${job.words} (${seconds(job.seconds)} s). You can go on working.`,
    done: `Papers of “${job.name}”, in ${job.folder}:`, failed: `The papers could not be made. ${job.words}` }[job.status];
  write($("papers-words"), words);
  const files = job.status === "done" ? job.files : [];
  refill($("papers-files"), files, () => files.map(link));
  if (told !== job.status) {
    if (job.status === "done") finish(job);
    if (job.status === "failed") warn(words);
    told = job.status;
  }
}

export function startExports({ store }) {
  for (const button of document.querySelectorAll("[data-paper]")) {
    button.addEventListener("click", () => {
      wanted = button.dataset.paper;
      told = "";
      say("Making the papers.");
      store.write("/api/export").catch(() => {});
    });
  }
  $("papers-stop").addEventListener("click", () => store.ask("/api/export/cancel"));
}
