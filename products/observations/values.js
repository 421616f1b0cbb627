// One value on the screen: with its unit, how it was marked, how it stands, what is missing.

import { make, tag } from "./elements.js";

// What stands beside a value: marks in words (never by colour alone), its status, what is missing, its note.
export function besides(measure, { withTime = false } = {}) {
  const missing = measure.missing.filter((one) => withTime || one !== measure.when?.missing);
  return [
    ...measure.marks.map((mark) => tag([mark.arrow, mark.text].filter(Boolean).join(" "), mark.kind)),
    measure.status ? tag(measure.status.text, measure.status.kind) : null,
    missing.length ? tag(`Not told: ${missing.join(", ")}`, "quiet") : null,
    measure.note ? make("span", { class: "remark" }, measure.note) : null,
  ].flatMap((one) => (one === null ? [] : [" ", one]));
}

// A value; struck through where it must not be used.
export function valueText(text, isVoid) {
  return isVoid ? make("s", { class: "void" }, text) : make("span", { class: "value" }, text);
}
