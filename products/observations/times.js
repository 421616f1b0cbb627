// When something was measured: as far as it is told, and no further. Pure.

import { birthDate, told } from "./words.js";

// Milliseconds by which two clocks may differ before a time is told to lie ahead.
const CLOCKS_DIFFER = 5 * 60_000;

// The time of an Observation or a DiagnosticReport: `at` in milliseconds (null: not told), `text` for the screen, `missing` what is not told.
export function whenOf(resource, now) {
  const taken = resource.effectiveDateTime ?? resource.effectiveInstant ?? resource.effectivePeriod?.end ?? resource.effectivePeriod?.start;
  const shown = timeOf(taken, now);
  if (shown) return { ...shown, text: `${shown.text}${shown.at > now.getTime() + CLOCKS_DIFFER ? ", STILL TO COME" : ""}`, missing: null };
  const issued = timeOf(resource.issued, now);
  if (issued) return { at: issued.at, text: `Reported ${issued.text}`, missing: "when it was taken" };
  return { at: null, text: "Time not told", missing: "when it was taken" };
}

function timeOf(text, now) {
  const at = Date.parse(text ?? "");
  if (Number.isNaN(at)) return null;
  return { at, text: text.length > 10 ? told(new Date(at), now) : birthDate(text) };
}

// Newest first; what has no time at the end, where it is not taken for the latest.
export function newestFirst(one, other) {
  if (one.when.at === null || other.when.at === null) return (one.when.at === null) - (other.when.at === null);
  return other.when.at - one.when.at;
}

// The same for what was measured together: in one minute, told in the same way.
export function minuteOf(when) {
  return when.at === null ? "none" : `${Math.floor(when.at / 60_000)} ${when.text}`;
}
