// From an Observation to what is shown of it: value, unit, range, how it was marked, how it stands, and what is missing. Pure.
// Only what the sender marked is marked: nothing is judged here.

import { whenOf } from "./times.js";
import { birthDate, told } from "./words.js";

const MARKS = {
  N: null,
  H: { text: "High", arrow: "▲", kind: "warn" },
  L: { text: "Low", arrow: "▼", kind: "warn" },
  HU: { text: "Significantly high", arrow: "▲▲", kind: "stop" },
  LU: { text: "Significantly low", arrow: "▼▼", kind: "stop" },
  HH: { text: "Critically high", arrow: "▲▲", kind: "stop" },
  LL: { text: "Critically low", arrow: "▼▼", kind: "stop" },
  A: { text: "Abnormal", arrow: "!", kind: "warn" },
  AA: { text: "Critically abnormal", arrow: "!!", kind: "stop" },
  ">": { text: "Off scale high", arrow: "▲▲", kind: "stop" },
  "<": { text: "Off scale low", arrow: "▼▼", kind: "stop" },
};
const NOT_UNDERSTOOD = { text: "Not fully understood here: look in the record system", arrow: "!", kind: "stop" };
const STATUSES = {
  final: null,
  registered: { text: "No result yet", kind: "quiet" },
  partial: { text: "Partial", kind: "quiet" },
  preliminary: { text: "Preliminary: may change", kind: "quiet" },
  amended: { text: "Amended", kind: "quiet" },
  corrected: { text: "Corrected", kind: "warn" },
  appended: { text: "Added to", kind: "quiet" },
  cancelled: { text: "Cancelled: do not use", kind: "stop", isVoid: true },
  "entered-in-error": { text: "Entered in error: do not use", kind: "stop", isVoid: true },
  unknown: { text: "Status not known", kind: "warn" },
};

// What is shown of one Observation. `parts` are its components, each with name, value and marks.
export function measureOf(observation, now) {
  const whose = ofWhom(observation);
  const parts = (observation.component ?? []).map((component) => aside(partOf(component, observation, now), whose));
  const isPanel = parts.length > 0 || (observation.hasMember ?? []).length > 0;
  const status = statusOf(observation.status);
  const own = aside(partOf(observation, observation, now, isPanel || status?.text === "No result yet"), whose);
  const isUnread = isNotUnderstood(observation);
  const when = whenOf(observation, now);
  return {
    ...own,
    id: observation.id,
    when,
    category: categoryOf(observation),
    status,
    marks: isUnread ? [NOT_UNDERSTOOD, ...own.marks] : own.marks,
    isVoid: Boolean(status?.isVoid),
    isUnread,
    parts,
    isPanel,
    members: (observation.hasMember ?? []).length,
    note: (observation.note ?? []).map((note) => note.text).filter(Boolean).join(" "),
    missing: [...own.missing, when.missing].filter(Boolean),
  };
}

// Whether the sender says that it means something else than it seems, in a way that is not known here. Source: FHIR R4, 2.1.6.3.
export function isNotUnderstood(resource) {
  return Boolean(resource.modifierExtension?.length || resource.implicitRules);
}

// Whom it is about, where that is not the patient whose record it stands in: a baby not yet born, a donor. Source: FHIR R4, Observation.focus.
function ofWhom(observation) {
  const others = (observation.focus ?? []).filter((one) => !one.reference || one.reference !== observation.subject?.reference);
  return others.map((one) => one.display ?? one.type ?? "somebody or something not named").join(", ");
}

// What is not of the patient is called so, and stands in no column and no curve of the patient's.
function aside(part, whose) {
  return whose ? { ...part, code: undefined, name: `${part.name} (NOT of the patient, but of: ${whose})` } : part;
}

export function statusOf(status) {
  if (Object.hasOwn(STATUSES, status ?? "")) return STATUSES[status];
  return { text: status ? `Status “${status}”` : "Status not told", kind: "warn" };
}

// "Haemoglobin"; the words of a CodeableConcept, null where there are none.
export function wordsOf(concept) {
  return concept?.text ?? concept?.coding?.map((coding) => coding.display).find(Boolean) ?? concept?.coding?.map((coding) => coding.code).find(Boolean) ?? null;
}

// "72 /min", "<5 mg/L": a measured quantity, its comparator and its unit.
export function quantityText(quantity) {
  return [`${comparatorOf(quantity)}${quantity.value ?? ""}`, unitOf(quantity)].filter(Boolean).join(" ");
}

export function isVital(observation) {
  return categoryCodes(observation).has("vital-signs");
}

function partOf(told, observation, now, mayLackValue = false) {
  const name = wordsOf(told.code);
  const value = valueOf(told, now);
  const missing = [name === null && "what was measured", value === null && !mayLackValue && "the value", lacksUnit(told.valueQuantity) && "the unit"].filter(Boolean);
  return {
    code: told.code,
    name: name ?? "Test not named",
    value: value ?? (mayLackValue ? "" : "No value told"),
    number: numberOf(told.valueQuantity),
    unit: told.valueQuantity ? unitOf(told.valueQuantity) : "",
    range: (told.referenceRange ?? []).map(rangeText).filter(Boolean).join("; "),
    marks: (told.interpretation ?? []).map(markOf).filter(Boolean),
    missing,
  };
}

function valueOf(told, now) {
  if (told.valueQuantity) return told.valueQuantity.value === undefined ? null : quantityText(told.valueQuantity);
  if (told.valueString !== undefined) return told.valueString;
  if (told.valueCodeableConcept) return wordsOf(told.valueCodeableConcept);
  if (told.valueInteger !== undefined) return String(told.valueInteger);
  if (told.valueBoolean !== undefined) return told.valueBoolean ? "Yes" : "No";
  if (told.valueRange) return rangeText(told.valueRange);
  if (told.valueRatio) return [told.valueRatio.numerator, told.valueRatio.denominator].map((one) => quantityText(one ?? {})).join(" : ");
  if (told.valueDateTime) return told.valueDateTime.length > 10 ? timeText(told.valueDateTime, now) : birthDate(told.valueDateTime);
  if (told.valueTime) return told.valueTime;
  if (told.valuePeriod) return [told.valuePeriod.start, told.valuePeriod.end].map((one) => (one ? timeText(one, now) : "…")).join(" to ");
  if (told.valueSampledData) return "A curve, which is not shown here";
  if (told.dataAbsentReason) return `No value: ${wordsOf(told.dataAbsentReason) ?? "reason not told"}`;
  return null;
}

function timeText(text, now) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : told(at, now);
}

function unitOf(quantity) {
  const unit = quantity.unit ?? quantity.code ?? "";
  return { Cel: "°C", degC: "°C", "mm[Hg]": "mmHg" }[unit] ?? unit;
}

function comparatorOf(quantity) {
  return { "<=": "≤", ">=": "≥" }[quantity.comparator] ?? quantity.comparator ?? "";
}

function lacksUnit(quantity) {
  return quantity !== undefined && quantity.value !== undefined && unitOf(quantity) === "";
}

// The number to draw, null where it is none or only a bound.
function numberOf(quantity) {
  const number = Number(quantity?.value);
  return quantity?.value === undefined || quantity.comparator || !Number.isFinite(number) ? null : number;
}

// "133 to 146"; the laboratory's own words where it gave them; and for whom, where it is not for everybody.
function rangeText(range) {
  const whom = [range.type, ...(range.appliesTo ?? [])].filter((one) => one && !isNormal(one)).map(wordsOf);
  if (range.age) whom.push(`age ${boundsText(range.age)}`);
  return [whom.filter(Boolean).join(", "), range.text || boundsText(range)].filter(Boolean).join(": ");
}

function isNormal(kind) {
  return (kind.coding ?? []).some((coding) => coding.code === "normal");
}

function boundsText(range) {
  const low = range.low?.value;
  const high = range.high?.value;
  const unit = range.low || range.high ? unitOf(range.low ?? range.high) : "";
  if (low !== undefined && high !== undefined && unitOf(range.low) !== unitOf(range.high)) return `${quantityText(range.low)} to ${quantityText(range.high)}`;
  if (low !== undefined && high !== undefined) return [`${low} to ${high}`, unit].filter(Boolean).join(" ");
  if (low !== undefined) return [`${low} or more`, unit].filter(Boolean).join(" ");
  return high === undefined ? "" : [`${high} or less`, unit].filter(Boolean).join(" ");
}

// A mark that is not known here stands in the sender's words.
function markOf(interpretation) {
  const code = (interpretation.coding ?? []).map((coding) => coding.code).find((one) => Object.hasOwn(MARKS, one ?? ""));
  if (code !== undefined) return MARKS[code];
  const words = wordsOf(interpretation);
  return words ? { text: words, arrow: "", kind: "warn" } : null;
}

function categoryCodes(observation) {
  return new Set((observation.category ?? []).flatMap((category) => (category.coding ?? []).map((coding) => coding.code)));
}

function categoryOf(observation) {
  const words = (observation.category ?? []).map((category) => category.text ?? category.coding?.map((coding) => coding.display).find(Boolean) ?? category.coding?.[0]?.code).find(Boolean);
  if (!words) return null;
  const plain = words.replace(/[-_]/g, " ");
  return plain.charAt(0).toLocaleUpperCase("en-GB") + plain.slice(1);
}
