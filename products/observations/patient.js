// From a Patient to the banner that says who this is; and whether everything else is of the same patient. Pure.

import { age, birthDate, isNhsNumber, nhsNumber, patientName } from "./words.js";

const NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number";
const FAILED_CHECK = "urn:tabard:extension:failed-check";
const VERIFIED = new Set(["01", "number-present-and-verified"]);
const HOSPITAL_NUMBERS = new Set(["MR", "PI", "PT"]);
const SEXES = { male: "Male", female: "Female", other: "Sex not specified", unknown: "Sex not known" };

export function bannerOf(patient, now) {
  const died = patient.deceasedDateTime ?? null;
  return {
    name: patientName(patient.name) ?? "Name cannot be read",
    born: patient.birthDate ? bornOf(patient.birthDate, died ? new Date(died) : now) : "Not known",
    sex: SEXES[patient.gender] ?? "Not known",
    nhs: nhsOf(patient),
    other: otherOf(patient),
    died: died ? birthDate(died) : patient.deceasedBoolean ? "date not known" : null,
    isMerged: (patient.link ?? []).some((link) => link.type === "replaced-by"),
    isActive: patient.active !== false,
  };
}

// Which resources are not plainly of this patient: of another, or of nobody that is told.
export function strangers(resources, patient, base) {
  const own = new Set([`Patient/${patient}`, `${base.replace(/\/$/, "")}/Patient/${patient}`]);
  return resources.filter((one) => !own.has((one.subject?.reference ?? "").replace(/\/_history\/.*$/, "")));
}

function bornOf(date, until) {
  const old = age(date, until);
  return old ? `${birthDate(date)} (${old})` : birthDate(date);
}

function nhsOf(patient) {
  const number = (patient.identifier ?? []).find((one) => one.system === NHS_NUMBER && one.value);
  if (!number) return { text: "Not known", mark: null };
  const isSound = isNhsNumber(number.value) && !(number.extension ?? []).some((one) => one.url === FAILED_CHECK);
  if (!isSound) return { text: nhsNumber(number.value), mark: "Not valid" };
  const codes = (number.extension ?? []).flatMap((one) => (one.valueCodeableConcept?.coding ?? []).map((coding) => coding.code));
  return { text: nhsNumber(number.value), mark: codes.some((code) => VERIFIED.has(code)) ? null : "Not verified" };
}

function otherOf(patient) {
  const others = (patient.identifier ?? []).filter((one) => one.system !== NHS_NUMBER && one.value);
  const isHospital = (one) => (one.type?.coding ?? []).some((coding) => HOSPITAL_NUMBERS.has(coding.code));
  const chosen = others.find(isHospital) ?? others[0];
  return chosen?.value ?? "Not known";
}
