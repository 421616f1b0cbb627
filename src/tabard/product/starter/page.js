// The page's life: sign in, ask, show, and say plainly when what is shown may not be so any more.

import { bannerOf } from "./patient.js";
import { goneAfter, oldAfter, refreshEvery } from "./settings.js";

const AGAIN = "Open it again from the hospital's portal.";
const part = (id) => document.getElementById(id);
let askedAt = null;
let feed = null;
let isEnded = false;

async function start() {
  let client;
  try {
    client = await window.FHIR.oauth2.ready();
  } catch {
    return stop(`You are not signed in here. ${AGAIN}`);
  }
  client.environment.options.refreshTokenWithClientId = true;
  const patient = client.getState("tokenResponse.patient");
  if (!patient) return stop(`No patient was chosen. ${AGAIN}`);
  setInterval(tell, 1_000);
  while (!isEnded) {
    await ask(client, patient);
    tell();
    await new Promise((resolve) => setTimeout(resolve, refreshEvery));
  }
}

async function ask(client, patient) {
  const refreshToken = client.state.tokenResponse?.refresh_token;
  try {
    const { body, response } = await client.request({ url: `Patient/${patient}`, includeResponse: true, cache: "no-store" });
    // The wrong patient is the worst that a page can show.
    if (body.resourceType !== "Patient" || body.id !== patient) return stop("STOPPED: the hospital sent another patient. Use the record system.");
    show(bannerOf(body));
    askedAt = Date.now();
    feed = response.headers.get("Tabard-Feed");
  } catch (fault) {
    if (fault.status === 401 || fault.status === 403 || fault.status === 404) return stop(`Your session has ended. ${AGAIN}`);
    // fhirclient forgets the refresh token when the network fails; it is still good.
    if (refreshToken && client.state.tokenResponse?.access_token) client.state.tokenResponse.refresh_token = refreshToken;
    else if (!client.getState("tokenResponse.access_token")) return stop(`Your session has ended. ${AGAIN}`);
  }
}

// Runs every second, so that what is shown grows old by itself even when nothing else happens.
function tell() {
  if (isEnded) return;
  const old = askedAt === null ? 0 : Date.now() - askedAt;
  if (askedAt === null) return say("The hospital cannot be reached. Trying again …");
  if (old > goneAfter) clear();
  if (old > oldAfter) return say("This is NOT current: the hospital has not answered for a while. Trying again …");
  // Every answer says how fresh its feed is. Source: docs/look-up/gateway.md, "How fresh it is".
  const isLive = feed !== null && /state=/.test(feed) && !/state=(?!live)/.test(feed);
  say(isLive ? "" : "This may be out of date: the hospital's record system has not been heard, or it was not said how fresh this is.");
}

function show(banner) {
  for (const [id, text] of Object.entries(banner)) part(id).textContent = text;
  part("banner").hidden = false;
  part("note").textContent = "";
}

function say(sentence) {
  part("notice").hidden = sentence === "";
  if (part("notice").textContent !== sentence) part("notice").textContent = sentence;
}

function clear() {
  part("banner").hidden = true;
  for (const id of ["name", "born", "nhs", "other"]) part(id).textContent = "";
}

function stop(sentence) {
  isEnded = true;
  clear();
  part("note").textContent = "";
  say(sentence);
}

start();
