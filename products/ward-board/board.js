// The board's life: sign in, then ask every few seconds, and say plainly when what is shown may not be so any more.

import { changes } from "./changes.js";
import { feedsOf, lastHeard, warning } from "./freshness.js";
import { NoAnswer, search } from "./gateway.js";
import { bedsEvery, goneAfter, oldAfter, refreshEvery } from "./settings.js";
import { announce, clearRows, showClock, showNote, showNotice, showRows, showWard } from "./view.js";
import { hasUnknownBed, rowsOf } from "./ward.js";
import { clock, moment } from "./words.js";

const LAUNCH_AGAIN = "Open the ward board again from the hospital's portal.";
const known = { rows: null, beds: [], bedsAt: 0, at: null, feeds: null, trouble: null };

async function start() {
  let client;
  try {
    client = await window.FHIR.oauth2.ready();
  } catch {
    return stop(`You are not signed in here. ${LAUNCH_AGAIN}`);
  }
  client.environment.options.refreshTokenWithClientId = true;
  const ward = wardOf(client);
  if (!ward) return stop(`No ward was chosen. ${LAUNCH_AGAIN}`);
  setInterval(tell, 1_000);
  document.addEventListener("visibilitychange", tell);
  return keepAsking(client, ward);
}

// The ward is the Location that the launch named.
function wardOf(client) {
  const context = client.getState("tokenResponse.fhirContext") ?? [];
  return context.map((one) => one.reference ?? "").find((reference) => reference.startsWith("Location/"))?.slice("Location/".length);
}

async function keepAsking(client, ward) {
  for (;;) {
    try {
      await refresh(client, ward);
      known.trouble = null;
    } catch (fault) {
      if (!(fault instanceof NoAnswer)) console.error(fault);
      known.trouble = fault.why ?? "unreachable";
    }
    if (known.trouble === "ended") return stop(`Your session has ended. ${LAUNCH_AGAIN}`);
    if (known.trouble === "refused") return stop(`The hospital does not let this board see the ward any more. ${LAUNCH_AGAIN}`);
    tell();
    await pause(refreshEvery);
    await untilVisible();
  }
}

async function refresh(client, ward) {
  const query = `location=Location/${ward}&status=in-progress&_include=Encounter:patient&_include=Encounter:practitioner&_include=Encounter:location&_count=100`;
  const { resources, feed } = await search(client, `Encounter?${query}`);
  if (Date.now() - known.bedsAt > bedsEvery || hasUnknownBed(resources, ward, known.beds)) await askBeds(client, ward);
  const rows = rowsOf(resources, ward, known.beds);
  if (known.rows) announce(changes(known.rows, rows));
  Object.assign(known, { rows, at: Date.now(), feeds: feedsOf(feed) });
  showRows(rows, new Date());
}

async function askBeds(client, ward) {
  const { resources } = await search(client, `Location?partof=Location/${ward}&_count=100`);
  const { resources: wards } = await search(client, `Location?_id=${ward}`);
  const found = wards.find((one) => one.id === ward);
  showWard(found?.name ?? "Ward");
  Object.assign(known, { beds: resources.filter((one) => one.id !== ward), bedsAt: Date.now() });
}

// Says how things stand; runs every second, so that a list grows old by itself even when nothing else happens.
function tell() {
  const now = new Date();
  showClock(clock(now));
  if (known.at === null) {
    if (known.trouble) showNotice("stop", "The hospital's gateway cannot be reached. Trying again …");
    return;
  }
  const old = now - known.at;
  if (old > goneAfter) return forget(now);
  if (known.trouble || old > oldAfter) {
    showNotice("stop", `This list is NOT current: the hospital's gateway has not answered since ${moment(new Date(known.at), now)}. Trying again …`, true);
    showNote(`The list below is how it was at ${moment(new Date(known.at), now)}.`);
    return;
  }
  const words = warning(known.feeds, now);
  showNotice(words ? "warn" : null, words ?? "");
  const heard = lastHeard(known.feeds);
  showNote(heard && !words ? `Record system last heard at ${moment(heard, now)}.` : "");
}

function forget(now) {
  clearRows();
  known.rows = null;
  showNotice("stop", `The hospital's gateway has not answered since ${moment(new Date(known.at), now)}. The list was taken away because it is too old. Trying again …`);
  showNote("");
}

function stop(sentence) {
  clearRows();
  known.at = known.rows = null;
  known.trouble = null;
  showNotice("stop", sentence);
  showNote("");
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function untilVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

start();
