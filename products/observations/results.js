// Results by report, the newest first; what is in no report by category and time. Pure.

import { isNotUnderstood, statusOf, wordsOf } from "./measures.js";
import { minuteOf, newestFirst, whenOf } from "./times.js";

// `measures` are all of the patient's, by id; those among `vital` ids stand in the table of vital signs and not here.
export function reportsOf(diagnosticReports, measures, vital, now) {
  const claimed = new Set();
  const told = diagnosticReports.map((report) => reportOf(report, measures, vital, claimed, now)).filter((report) => !report.isAllVital);
  const loose = [...measures.values()].filter((one) => !claimed.has(one.id) && !vital.has(one.id));
  return [...told, ...looseReports(loose)].sort(newestFirst);
}

function reportOf(report, measures, vital, claimed, now) {
  const named = (report.result ?? []).map(idOf);
  named.forEach((id) => claimed.add(id));
  const present = named.filter((id) => measures.has(id));
  const title = wordsOf(report.code);
  const when = whenOf(report, now);
  const status = statusOf(report.status);
  const isUnread = isNotUnderstood(report);
  const isPlain = !isUnread && !report.conclusion && !report.presentedForm?.length && status === null;
  const isAllVital = isPlain && present.length > 0 && present.length === named.length && present.every((id) => vital.has(id));
  return {
    key: `report-${report.id}`,
    title: title ?? "Report not named",
    when,
    status,
    isVoid: Boolean(status?.isVoid),
    isUnread,
    conclusion: report.conclusion ?? "",
    documents: (report.presentedForm ?? []).length,
    absent: named.length - present.length,
    elsewhere: present.filter((id) => vital.has(id)).length,
    measures: present.filter((id) => !vital.has(id)).map((id) => measures.get(id)),
    isAllVital,
    missing: [title === null && "what was reported", when.missing].filter(Boolean),
  };
}

function looseReports(measures) {
  const groups = new Map();
  for (const measure of measures) {
    const key = `${measure.category ?? ""}|${minuteOf(measure.when)}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(measure);
  }
  return [...groups].map(([key, held]) => ({
    key: `loose-${key}`,
    title: `${held[0].category ?? "Kind not told"}: results in no report`,
    when: held[0].when,
    status: null,
    isVoid: false,
    isUnread: false,
    conclusion: "",
    documents: 0,
    absent: 0,
    elsewhere: 0,
    measures: held,
    missing: [],
  }));
}

// The id of "Observation/x", absolute or not; what is contained is not read and so counts as absent.
function idOf(reference) {
  const found = /(?:^|\/)Observation\/([A-Za-z0-9.-]+)(?:\/_history\/[^/]+)?$/.exec(reference.reference ?? "");
  return found ? found[1] : `unread ${reference.reference ?? reference.display ?? ""}`;
}
