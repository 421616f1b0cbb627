// Results on the screen, report by report.

import { make, tag } from "./elements.js";
import { fewReports } from "./settings.js";
import { besides, valueText } from "./values.js";
import { plural } from "./words.js";

export function resultsView({ reports, isAll }) {
  if (reports.length === 0) return [make("p", { class: "nothing" }, "No results are known to this hospital's Tabard.")];
  const shown = isAll ? reports : reports.slice(0, fewReports);
  const rest = reports.length - shown.length;
  return [...shown.map(reportView), rest ? make("button", { class: "more", "data-more": "reports" }, `Show ${plural(rest, "older report")}`) : null].filter(Boolean);
}

function reportView(report) {
  return make(
    "article",
    { class: report.isVoid ? "report report-void" : "report", "data-key": report.key },
    make(
      "h3",
      {},
      report.title,
      " ",
      make("span", { class: "when" }, report.when.text),
      report.status ? [" ", tag(report.status.text, report.status.kind)] : null,
      report.missing.length ? [" ", tag(`Not told: ${report.missing.join(", ")}`, "quiet")] : null,
    ),
    report.measures.length ? table(report) : null,
    sentences(report).map((sentence) => make("p", { class: "remark" }, sentence)),
  );
}

// What of the report is not in its table, in words.
function sentences(report) {
  return [
    report.isUnread ? "This report is not fully understood here: look in the record system." : null,
    report.conclusion ? `Conclusion: ${report.conclusion}` : null,
    report.elsewhere ? `${plural(report.elsewhere, "vital sign")} of this report ${report.elsewhere === 1 ? "stands" : "stand"} in the table above.` : null,
    report.absent ? `${plural(report.absent, "result")} of this report ${report.absent === 1 ? "was" : "were"} not sent: look in the record system.` : null,
    report.documents ? `A document came with this report that is not shown here: look in the record system.` : null,
    report.measures.length + report.elsewhere + report.absent === 0 && !report.conclusion ? "No result was sent with this report." : null,
  ].filter(Boolean);
}

function table(report) {
  const titles = ["Test", "Result", "Reference range"];
  const head = make("tr", { role: "row" }, titles.map((title) => make("th", { scope: "col", role: "columnheader" }, title)));
  return make(
    "table",
    { class: "tests", role: "table" },
    make("caption", { class: "quiet" }, `${report.title}, ${report.when.text}`),
    make("thead", { role: "rowgroup" }, head),
    make("tbody", { role: "rowgroup" }, report.measures.flatMap((measure) => lines(measure, report))),
  );
}

function lines(measure, report) {
  const isVoid = measure.isVoid || report.isVoid;
  const time = measure.when.at !== report.when.at ? ` (${measure.when.text})` : "";
  const told = measure.value || (measure.members ? `A panel of ${plural(measure.members, "result")}` : measure.parts.length ? "See its parts" : "–");
  const own = line(measure.id, measure.name + time, valueText(told, isVoid), besides(measure, { withTime: measure.when.at !== report.when.at }), measure.range || (measure.isPanel ? "" : "Not told"));
  return [own, ...measure.parts.map((one) => line(null, `· ${one.name}`, valueText(one.value, isVoid), besides({ ...one, status: measure.status, note: "" }), one.range || "Not told"))];
}

function line(id, name, value, beside, range) {
  return make(
    "tr",
    { role: "row", "data-id": id },
    make("th", { scope: "row", role: "rowheader" }, name),
    make("td", { role: "cell" }, value, beside),
    make("td", { role: "cell", class: "range", "data-label": "Reference range" }, range || "–"),
  );
}
