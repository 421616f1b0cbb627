// What the Tabard-Feed headers say of what is shown, in words. Pure.

import { moment } from "./words.js";

const WORST_FIRST = ["never", "silent", "behind", "live"];

// The feeds of headers such as `"lorenzo";state=live;last="2026-03-02T10:41:00Z"`, each once and at its worst; null where one cannot be read.
// Source: RFC 8941, structured field values (lists with parameters).
export function feedsOf(headers) {
  const feeds = new Map();
  for (const header of headers) {
    const told = feedsIn(header);
    if (told === null) return null;
    for (const feed of told) feeds.set(feed.link, worse(feeds.get(feed.link), feed));
  }
  return feeds.size ? [...feeds.values()] : null;
}

function feedsIn(header) {
  if (!header) return null;
  const feeds = [];
  for (const item of header.match(/"[^"]*"(?:;[^,"]*(?:"[^"]*")?)*/g) ?? []) {
    const state = /;\s*state=(?:"([a-z]+)"|([a-z]+))/.exec(item);
    const told = state?.[1] ?? state?.[2];
    if (!WORST_FIRST.includes(told)) return null;
    feeds.push({ link: /^"([^"]*)"/.exec(item)[1], state: told, last: lastOf(item) });
  }
  return feeds.length ? feeds : null;
}

function worse(known, feed) {
  return known && WORST_FIRST.indexOf(known.state) <= WORST_FIRST.indexOf(feed.state) ? known : feed;
}

// Why what is shown may be out of date, as a sentence; null when every feed is live.
export function warning(feeds, now) {
  if (feeds === null) return "This may be out of date: the hospital did not say how fresh it is.";
  const [worst] = [...feeds].sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
  return worst.state === "live" ? null : `This may be out of date: ${inWords(worst, now)}.`;
}

// How each feed stands, a sentence each.
export function feedLines(feeds, now) {
  if (feeds === null) return ["The hospital did not say how fresh this is."];
  return feeds.map((feed) => `${feed.link}: ${feed.state === "live" ? `up to date${feed.last ? `, last heard at ${moment(feed.last, now)}` : ""}` : inWords(feed, now)}.`);
}

function inWords(feed, now) {
  const last = feed.last ? moment(feed.last, now) : null;
  switch (feed.state) {
    case "behind":
      return `messages from the hospital's record system are still waiting to be read${last ? `, the latest from ${last}` : ""}`;
    case "silent":
      return `nothing heard from the hospital's record system since ${last ?? "an unknown time"}`;
    default:
      return "nothing was ever heard from the hospital's record system";
  }
}

function lastOf(item) {
  const told = /;\s*last=(?:"([^"]+)"|@(-?\d+))/.exec(item);
  if (!told) return null;
  const at = told[1] ? new Date(told[1]) : new Date(Number(told[2]) * 1000);
  return Number.isNaN(at.getTime()) ? null : at;
}
