// What the Tabard-Feed header says of the list, in words. Pure.

import { moment } from "./words.js";

const WORST_FIRST = ["never", "silent", "behind", "live"];

// The feeds of a header such as `"lorenzo";state=live;last="2026-03-02T10:41:00Z"`; null where it cannot be read.
// Source: RFC 8941, structured field values (lists with parameters).
export function feedsOf(header) {
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

// Why the list may be out of date, as a sentence; null when every feed is live.
export function warning(feeds, now) {
  if (feeds === null) return "This list may be out of date: the hospital did not say how fresh it is.";
  const [worst] = [...feeds].sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
  const last = worst.last ? moment(worst.last, now) : null;
  switch (worst.state) {
    case "live":
      return null;
    case "behind":
      return `This list may be out of date: messages from the hospital's record system are still waiting to be read${last ? `, the latest from ${last}` : ""}.`;
    case "silent":
      return `This list may be out of date: nothing heard from the hospital's record system since ${last ?? "an unknown time"}.`;
    default:
      return "This list may be out of date: nothing was ever heard from the hospital's record system.";
  }
}

// When the record system was last heard, by the feed that was heard last; null when that is not known.
export function lastHeard(feeds) {
  const times = (feeds ?? []).map((feed) => feed.last).filter(Boolean);
  return times.length ? new Date(Math.max(...times)) : null;
}

function lastOf(item) {
  const told = /;\s*last=(?:"([^"]+)"|@(-?\d+))/.exec(item);
  if (!told) return null;
  const at = told[1] ? new Date(told[1]) : new Date(Number(told[2]) * 1000);
  return Number.isNaN(at.getTime()) ? null : at;
}
