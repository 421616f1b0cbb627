// The page's life: sign in, then ask every half minute, and say plainly when what is shown may not be so any more.

import { feedLines, feedsOf, warning } from "./freshness.js";
import { NoAnswer, read, search } from "./gateway.js";
import { isVital, measureOf } from "./measures.js";
import { bannerOf, strangers } from "./patient.js";
import { reportsOf } from "./results.js";
import { goneAfter, oldAfter, refreshEvery } from "./settings.js";
import { newestFirst } from "./times.js";
import { announce, clear, showBanner, showClock, showFeeds, showNote, showNotice, showResults, showVitals } from "./view.js";
import { readingsOf, trendsOf } from "./vitals.js";
import { clock, moment, plural } from "./words.js";

const LAUNCH_AGAIN = "Open the patient's observations again from the hospital's portal.";
const WRONG_PATIENT = "STOPPED: the hospital sent something that is not plainly of this patient, so nothing is shown. Use the record system, and tell whoever looks after Tabard at your hospital.";
const FEED_IS_OLD = "incomplete";
const known = { held: null, at: null, feeds: null, sayings: [], trouble: null, words: "", isEnded: false };
const wanted = { readings: false, reports: false };

const WORST_FIRST = ["doubt", "ended", "refused", "gone"];

class WrongPatient extends Error {}

async function start() {
  let client;
  try {
    client = await window.FHIR.oauth2.ready();
  } catch {
    return stop(`You are not signed in here. ${LAUNCH_AGAIN}`);
  }
  client.environment.options.refreshTokenWithClientId = true;
  const patient = client.getState("tokenResponse.patient");
  if (!patient) return stop(`No patient was chosen. ${LAUNCH_AGAIN}`);
  setInterval(tell, 1_000);
  document.addEventListener("visibilitychange", tell);
  document.addEventListener("click", showMore);
  return keepAsking(client, patient);
}

async function keepAsking(client, patient) {
  for (;;) {
    try {
      await refresh(client, patient);
      known.trouble = null;
    } catch (fault) {
      if (fault instanceof WrongPatient) return stop(WRONG_PATIENT);
      if (!(fault instanceof NoAnswer)) console.error(fault.name);
      Object.assign(known, { trouble: fault.why ?? "unreadable", words: fault.words ?? "" });
    }
    if (known.trouble === "doubt") withdraw();
    if (known.trouble === "ended") return stop(`Your session has ended. ${LAUNCH_AGAIN}`);
    if (known.trouble === "refused" || known.trouble === "gone") return stop(`The hospital does not let this page see the patient any more. ${LAUNCH_AGAIN}`);
    tell();
    await pause(refreshEvery);
    await untilVisible();
  }
}

// All three are asked for, and shown together or not at all: results under another patient's name, or none, are worse than none.
// What is shown is as old as the asking, not as its last page.
async function refresh(client, patient) {
  const at = Date.now();
  const [who, observations, reports] = await all([
    read(client, `Patient/${patient}`),
    search(client, `Observation?patient=${patient}&_count=100`, "Observation"),
    search(client, `DiagnosticReport?patient=${patient}&_count=50`, "DiagnosticReport"),
  ]);
  const isThePatient = who.resource.resourceType === "Patient" && who.resource.id === patient;
  if (!isThePatient || strangers([...observations.resources, ...reports.resources], patient, client.state.serverUrl).length) throw new WrongPatient();
  const held = { patient: who.resource, observations: observations.resources, reports: reports.resources };
  if (known.held) announce(newcomers(known.held, held));
  render(held);
  Object.assign(known, {
    held,
    at,
    feeds: feedsOf([who.feed, ...observations.feeds, ...reports.feeds]),
    sayings: [...new Map([...observations.sayings, ...reports.sayings])],
  });
}

// Every answer, or the worst of the faults: a doubt about the patient is never hidden by a connection that broke.
async function all(questions) {
  const answers = await Promise.allSettled(questions);
  const faults = answers.filter((one) => one.status === "rejected").map((one) => one.reason);
  if (faults.length) throw WORST_FIRST.map((why) => faults.find((one) => one.why === why)).find(Boolean) ?? faults[0];
  return answers.map((one) => one.value);
}

function render(held) {
  const now = new Date();
  const measures = new Map(held.observations.map((one) => [one.id, measureOf(one, now)]));
  const vital = new Set(held.observations.filter(isVital).map((one) => one.id));
  const signs = [...measures.values()].filter((one) => vital.has(one.id)).sort(newestFirst);
  showBanner(bannerOf(held.patient, now));
  showVitals({ readings: readingsOf(signs), trends: trendsOf(signs), isAll: wanted.readings });
  showResults({ reports: reportsOf(held.reports, measures, vital, now), isAll: wanted.reports });
}

function newcomers(before, after) {
  const old = new Map(before.observations.map((one) => [one.id, JSON.stringify(one)]));
  const fresh = after.observations.filter((one) => !old.has(one.id)).length;
  const changed = after.observations.filter((one) => old.has(one.id) && old.get(one.id) !== JSON.stringify(one)).length;
  return [fresh && `${plural(fresh, "new result")}.`, changed && `${plural(changed, "result")} changed.`].filter(Boolean).join(" ");
}

function showMore(event) {
  const more = event.target.dataset?.more;
  if (!more || !known.held) return;
  const place = event.target.closest("section");
  wanted[more] = true;
  render(known.held);
  place.tabIndex = -1;
  place.focus();
}

// Says how things stand; runs every second, so that what is shown grows old by itself even when nothing else happens.
function tell() {
  if (known.isEnded) return;
  const now = new Date();
  showClock(clock(now));
  if (known.at === null) {
    if (known.trouble) showNotice("stop", `${why()} Trying again …`);
    return;
  }
  const old = now - known.at;
  if (old > goneAfter || known.held === null) return forget(now);
  showFeeds(feedLines(known.feeds, now));
  if (known.trouble || old > oldAfter) {
    showNotice("stop", `This is NOT current: nothing new came since ${moment(new Date(known.at), now)}. Trying again …`, true);
    showNote(`What is shown below is how it was at ${moment(new Date(known.at), now)}.`);
    return;
  }
  const words = [warning(known.feeds, now), sayings(known.sayings)].filter(Boolean).join(" ");
  showNotice(words ? "warn" : null, words);
  showNote(`Asked at ${moment(new Date(known.at), now)}. What no system has sent is not here.`);
}

// What the hospital says of its answer; how fresh its feeds are is told in our own words already.
function sayings(told) {
  const words = told.filter(([, code]) => code !== FEED_IS_OLD).map(([saying]) => saying);
  return words.length ? `The hospital says: ${words.join(" ")}` : null;
}

function why() {
  if (known.trouble === "doubt") return `No results are shown, for it is not sure whose they are. ${known.words}`.trim();
  return known.trouble === "unreadable" ? "What the hospital sent cannot be read." : "The hospital's gateway cannot be reached.";
}

function forget(now) {
  clear();
  known.held = null;
  showNotice("stop", `Nothing new came since ${moment(new Date(known.at), now)}. What was shown was taken away because it is too old. Trying again …`);
  showNote("");
}

// Nothing stays on the screen of which it is not sure whose it is; what is sure again comes back by itself.
function withdraw() {
  clear();
  Object.assign(known, { held: null, at: null, sayings: [] });
  showNote("");
}

function stop(sentence) {
  clear();
  Object.assign(known, { held: null, at: null, trouble: null, isEnded: true });
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
