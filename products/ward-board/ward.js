// From FHIR resources to the rows of the board. Pure.

import { byBed, consultantName, isNhsNumber, patientName } from "./words.js";

const NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number";
const FAILED_CHECK = "urn:tabard:extension:failed-check";
const VERIFIED = new Set(["01", "number-present-and-verified"]);

// The row of everybody who is on the ward now, and of every known bed without a patient; sorted by bed.
// `ward` is a Location id, `beds` the Locations that are part of it.
export function rowsOf(resources, ward, beds) {
  const by = new Map([...beds, ...resources].map((one) => [`${one.resourceType}/${one.id}`, one]));
  const here = new Set([`Location/${ward}`, ...beds.map((bed) => `Location/${bed.id}`)]);
  const taken = resources
    .filter((one) => one.resourceType === "Encounter" && one.status === "in-progress")
    .map((visit) => rowOf(visit, here, ward, by))
    .filter((row) => row !== null);
  const full = new Set(taken.map((row) => row.bed));
  const free = beds.map((bed) => nameOf(bed)).filter((bed) => bed && !full.has(bed));
  return marked(taken).concat(free.map((bed) => ({ key: `free-${bed}`, bed, isFree: true }))).sort(byBed);
}

// Whether some visit names a bed that is not among those known.
export function hasUnknownBed(resources, ward, beds) {
  const known = new Set([`Location/${ward}`, ...beds.map((bed) => `Location/${bed.id}`)]);
  return resources.some(
    (one) => one.resourceType === "Encounter" && (one.location ?? []).some((at) => at.status === "active" && !known.has(at.location?.reference)),
  );
}

function rowOf(visit, here, ward, by) {
  const places = (visit.location ?? []).filter((at) => here.has(at.location?.reference));
  const now = places.filter((at) => at.status === "active");
  if (now.length === 0) return null;
  const bed = now.map((at) => at.location.reference).find((reference) => reference !== `Location/${ward}`);
  const patient = by.get(visit.subject?.reference);
  return {
    key: visit.id,
    bed: bed ? (nameOf(by.get(bed)) ?? "?") : null,
    since: sinceOf(places),
    consultant: consultantOf(visit, by),
    ...(patient ? personOf(patient) : { name: null }),
  };
}

// Since when the patient has been on this ward: back from now over stays here that follow each other without a gap.
function sinceOf(places) {
  const spans = places
    .map((at) => ({ from: at.period?.start, until: at.status === "active" ? null : at.period?.end }))
    .filter((span) => span.from)
    .sort((one, other) => Date.parse(other.from) - Date.parse(one.from));
  let since = null;
  for (const span of spans) {
    if (since !== null && span.until !== null && Date.parse(span.until) < Date.parse(since)) break;
    if (since !== null || span.until === null) since = span.from;
  }
  return since;
}

function personOf(patient) {
  const number = (patient.identifier ?? []).find((one) => one.system === NHS_NUMBER && one.value);
  return {
    name: patientName(patient.name),
    family: (patient.name?.[0]?.family ?? "").toLocaleLowerCase("en-GB"),
    born: patient.birthDate ?? null,
    sex: { male: "Male", female: "Female", other: "Sex not specified" }[patient.gender] ?? null,
    nhsNumber: number?.value ?? null,
    isValid: number ? isNhsNumber(number.value) && !(number.extension ?? []).some((one) => one.url === FAILED_CHECK) : false,
    isVerified: number ? statusOf(number).some((code) => VERIFIED.has(code)) : false,
  };
}

function statusOf(identifier) {
  return (identifier.extension ?? []).flatMap((one) => (one.valueCodeableConcept?.coding ?? []).map((coding) => coding.code));
}

// The consultant: the attender, else whoever takes part.
function consultantOf(visit, by) {
  const parts = (visit.participant ?? []).filter((part) => part.individual?.reference?.startsWith("Practitioner/"));
  const attending = parts.find((part) => part.type?.some((type) => type.coding?.some((coding) => coding.code === "ATND")));
  const chosen = attending ?? parts[0];
  if (!chosen) return null;
  const doctor = by.get(chosen.individual.reference);
  return doctor ? consultantName(doctor.name) : (chosen.individual.display ?? null);
}

function nameOf(location) {
  return location?.name ?? location?.identifier?.[0]?.value ?? null;
}

// Two in one bed, and those of one family name, are marked: the board never chooses between patients.
function marked(rows) {
  const beds = countBy(rows, (row) => row.bed);
  const families = countBy(rows, (row) => row.family);
  return rows.map((row) => ({
    ...row,
    sharesBed: row.bed !== null && beds.get(row.bed) > 1,
    hasNamesake: Boolean(row.family) && families.get(row.family) > 1,
  }));
}

function countBy(rows, key) {
  const counts = new Map();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}
