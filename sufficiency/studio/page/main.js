// The page: every part is started once, and shown anew whenever the studio's state or what is looked at changes.

import { say } from "./announce.js";
import { startBase } from "./base.js";
import { showBeside, startBeside } from "./beside.js";
import { $, write } from "./dom.js";
import { showExports, startExports } from "./exports.js";
import { showFigures, startFigures } from "./figures.js";
import { showGap } from "./gap.js";
import { showGrid, startGrid } from "./grid.js";
import { startHints } from "./hints.js";
import { showMap, startMap } from "./mapdesk.js";
import { showMoney } from "./money.js";
import { startMoving } from "./moving.js";
import { showScenarios, startScenarios } from "./scenarios.js";
import { showSites, startSites } from "./sites.js";
import { showSliders } from "./sliders.js";
import { showStatus, startStatus } from "./status.js";
import { Store } from "./store.js";
import { showTabs, startTabs } from "./tabs.js";
import { View } from "./view.js";
import { showWinners } from "./winners.js";
import { counted } from "./words.js";
import { showYears, startYears } from "./years.js";

const store = new Store(), view = new View();
const now = () => ({ state: store.state, view, store, info: store.info });

const SHOWS = [showStatus, showScenarios, showYears, showFigures, showSliders, showTabs, showGrid, showBeside, showMap, showGap, showWinners, showMoney, showExports];
let asked = false;

function show() {
  asked = false;
  const these = now();
  for (const each of SHOWS) each(these);
  showSites(now);
}

const ask = () => {
  if (!asked) requestAnimationFrame(show);
  asked = true;
};

async function start() {
  try {
    await store.start();
  } catch (error) {
    write($("opening"), `${error.message} Open the link that the studio printed when it started.`);
    return;
  }
  const { info } = store;
  document.title = `What if? ${info.title}`;
  write($("place"), info.title);
  write($("rules"), info.rules);
  write($("version"), `sufficiency ${info.version}`);
  write($("notice"), info.notice ?? "");
  $("notice").hidden = !info.notice;
  for (const begin of [startStatus, startYears, startFigures, startTabs, startBeside, startExports]) begin(now());
  for (const begin of [startScenarios, startGrid, startMap, startSites, startMoving, startBase]) begin(now);
  store.addEventListener("change", ask);
  view.addEventListener("change", show);
  show();
  $("opening").hidden = true;
  $("page").hidden = false;
  startHints(now());
  if (store.kept) say(`${counted(store.kept, "edit")} that waited in this browser ${store.kept === 1 ? "was" : "were"} sent to the studio.`);
  window.dispatchEvent(new Event("resize"));
}

start();
