// Vital signs side by side: what was measured at one time in one row, the newest first. Pure. No score is worked out.

import { minuteOf, newestFirst } from "./times.js";

const SYSTEMS = { "http://loinc.org": "loinc", "http://snomed.info/sct": "sct" };
const COLUMN_OF = new Map(
  Object.entries({
    respirations: ["loinc 9279-1", "sct 86290005"],
    oxygen: ["loinc 59408-5", "loinc 2708-6", "sct 431314004"],
    pressure: ["loinc 85354-9", "loinc 55284-4", "sct 75367002"],
    systolic: ["loinc 8480-6", "sct 271649006"],
    diastolic: ["loinc 8462-4", "sct 271650006"],
    pulse: ["loinc 8867-4", "sct 78564009", "sct 364075005"],
    temperature: ["loinc 8310-5", "sct 386725007"],
  }).flatMap(([column, codes]) => codes.map((code) => [code, column])),
);

export const COLUMNS = [
  { key: "respirations", title: "Respirations" },
  { key: "oxygen", title: "Oxygen saturation" },
  { key: "pressure", title: "Blood pressure" },
  { key: "pulse", title: "Pulse" },
  { key: "temperature", title: "Temperature" },
  { key: "other", title: "Other" },
];

// Rows by time, newest first. A cell holds every value of its column at that time: the screen never chooses between two.
export function readingsOf(measures) {
  const rows = new Map();
  for (const measure of measures) {
    const key = minuteOf(measure.when);
    if (!rows.has(key)) rows.set(key, { key, when: measure.when, measures: [] });
    rows.get(key).measures.push(measure);
  }
  return [...rows.values()].map((row) => ({ key: row.key, when: row.when, cells: cellsOf(row.measures) })).sort(newestFirst);
}

// One line a kind of measurement: its numbers in order of time, oldest first, where there are two times or more in one unit.
export function trendsOf(measures) {
  const series = new Map();
  for (const { name, measure, value, unit } of measures.filter((one) => !one.isVoid && !one.isUnread).flatMap(numbersOf)) {
    const key = `${name}|${unit}`;
    if (!series.has(key)) series.set(key, { key, name, unit, points: [] });
    series.get(key).points.push({ at: measure.when.at, text: measure.when.text, value });
  }
  return [...series.values()]
    .map((one) => ({ ...one, points: one.points.sort((a, b) => a.at - b.at) }))
    .filter((one) => one.points[0].at !== one.points.at(-1).at);
}

function numbersOf(measure) {
  if (measure.when.at === null) return [];
  const all = [measure, ...measure.parts];
  return all.filter((one) => one.number !== null && one.unit).map((one) => ({ name: seriesName(one), measure, value: one.number, unit: one.unit }));
}

function seriesName(part) {
  const known = { respirations: "Respirations", oxygen: "Oxygen saturation", pulse: "Pulse", temperature: "Temperature", systolic: "Systolic blood pressure", diastolic: "Diastolic blood pressure" };
  return known[columnOf(part.code)] ?? part.name;
}

function cellsOf(measures) {
  const cells = Object.fromEntries(COLUMNS.map((column) => [column.key, []]));
  for (const measure of paired(measures)) {
    const column = columnOf(measure.code);
    if (column in cells) cells[column].push(measure);
    else if (column === "systolic" || column === "diastolic") cells.pressure.push({ ...measure, isNamed: true });
    else cells.other.push({ ...measure, isNamed: true });
  }
  return cells;
}

// One systolic and one diastolic of one time, both good and in one unit, are one blood pressure. More than one of either, or
// one that stands in another way, are shown each by its name.
function paired(measures) {
  const upper = measures.filter((one) => columnOf(one.code) === "systolic");
  const lower = measures.filter((one) => columnOf(one.code) === "diastolic");
  const [systolic, diastolic] = [upper[0], lower[0]];
  const isPair = upper.length === 1 && lower.length === 1 && [systolic, diastolic].every((one) => one.number !== null && !one.missing.length && !one.note);
  if (!isPair || systolic.unit !== diastolic.unit || systolic.status !== diastolic.status) return measures;
  const together = { ...systolic, code: { coding: [{ system: "http://loinc.org", code: "85354-9" }] }, parts: [systolic, diastolic], isPanel: true, value: "", marks: [] };
  return [...measures.filter((one) => one !== systolic && one !== diastolic), together];
}

// "120/80 mmHg" for a systolic and a diastolic in one unit, null for other parts.
export function pressureText(parts) {
  const upper = parts.find((one) => columnOf(one.code) === "systolic");
  const lower = parts.find((one) => columnOf(one.code) === "diastolic");
  if (parts.length !== 2 || !upper || !lower || upper.number === null || lower.number === null || upper.unit !== lower.unit) return null;
  const [first, second] = [upper, lower].map((one) => one.value.slice(0, one.unit ? -one.unit.length - 1 : undefined));
  return `${first}/${second} ${upper.unit}`.trim();
}

export function columnOf(code) {
  for (const coding of code?.coding ?? []) {
    const column = COLUMN_OF.get(`${SYSTEMS[coding.system]} ${coding.code}`);
    if (column) return column;
  }
  return null;
}
