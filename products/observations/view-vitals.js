// Vital signs on the screen: a table by time, and how each went.

import { draw, make } from "./elements.js";
import { fewReadings } from "./settings.js";
import { besides, valueText } from "./values.js";
import { COLUMNS, pressureText } from "./vitals.js";

const WIDE = 160;
const HIGH = 36;
const EDGE = 4;

export function vitalsView({ readings, trends, isAll }) {
  if (readings.length === 0) return [make("p", { class: "nothing" }, "No vital signs are known to this hospital's Tabard.")];
  const columns = COLUMNS.filter((column) => readings.some((row) => row.cells[column.key].length));
  const shown = isAll ? readings : readings.slice(0, fewReadings);
  return [
    table(shown, columns),
    shown.length < readings.length ? make("button", { class: "more", "data-more": "readings" }, `Show all ${readings.length} times`) : null,
    trends.length ? make("h3", {}, "How they went") : null,
    trends.length ? make("ul", { class: "trends" }, trends.map(trendLine)) : null,
  ].filter(Boolean);
}

// The roles stay when the narrow layout shows rows as blocks.
function table(rows, columns) {
  const head = make("tr", { role: "row" }, ["Time", ...columns.map((column) => column.title)].map((title) => make("th", { scope: "col", role: "columnheader" }, title)));
  return make(
    "table",
    { class: "readings", role: "table" },
    make("caption", { class: "quiet" }, "Vital signs, the newest first"),
    make("thead", { role: "rowgroup" }, head),
    make("tbody", { role: "rowgroup" }, rows.map((row) => line(row, columns))),
  );
}

function line(row, columns) {
  const cells = columns.map((column) => {
    const held = row.cells[column.key];
    const kind = held.length ? "" : "empty";
    return make("td", { role: "cell", class: kind, "data-label": column.title }, held.length ? held.map(item) : make("span", { class: "quiet" }, "none"));
  });
  return make("tr", { role: "row", "data-key": row.key }, make("th", { scope: "row", role: "rowheader" }, row.when.text), cells);
}

function item(measure) {
  const name = measure.isNamed ? `${measure.name} ` : null;
  const pressure = measure.parts.length && !measure.value ? pressureText(measure.parts) : null;
  if (pressure) return make("div", { "data-id": measure.id }, name, valueText(pressure, measure.isVoid), besides({ ...measure, marks: [...measure.marks, ...marksOf(measure.parts)], missing: missingOf(measure) }));
  if (measure.parts.length) return make("div", { "data-id": measure.id }, ownText(measure, name), besides(measure), measure.parts.map((one) => component(one, measure)));
  return make("div", { "data-id": measure.id }, name, valueText(measure.value || "See its parts", measure.isVoid), besides(measure));
}

// The value that stands with its parts, such as a saturation with the oxygen that was given; or the name of what has parts only.
function ownText(measure, name) {
  return measure.value ? [name, valueText(measure.value, measure.isVoid)] : [make("span", {}, `${measure.name}: `)];
}

function component(one, measure) {
  return make("div", {}, `${one.name} `, valueText(one.value, measure.isVoid), besides({ ...one, status: null, note: "" }));
}

// The mark of a half of a blood pressure says which half.
function marksOf(parts) {
  return parts.flatMap((one) => one.marks.map((mark) => ({ ...mark, text: `${mark.text} (${/systolic/i.test(one.name) ? "systolic" : /diastolic/i.test(one.name) ? "diastolic" : one.name})` })));
}

function missingOf(measure) {
  return [...new Set([...measure.missing, ...measure.parts.flatMap((one) => one.missing)])];
}

function trendLine(trend) {
  const values = trend.points.map((point) => point.value);
  const [first, last] = [trend.points[0], trend.points.at(-1)];
  const words = `${trend.points.length} values from ${first.text} to ${last.text}: first ${valuesAt(trend, first.at)}, lowest ${Math.min(...values)}, highest ${Math.max(...values)}, latest ${valuesAt(trend, last.at)} ${trend.unit}`;
  return make("li", {}, make("span", { class: "trend-name" }, trend.name), curve(trend.points), make("span", { class: "trend-words" }, words));
}

// All values of one time: which of them came last is not told, and not guessed.
function valuesAt(trend, at) {
  return trend.points.filter((point) => point.at === at).map((point) => point.value).join(" and ");
}

// The words beside it say the same, so that the curve is passed over by who listens.
function curve(points) {
  const values = points.map((point) => point.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [from, until] = [points[0].at, points.at(-1).at];
  const x = (at) => EDGE + (until === from ? 0.5 : (at - from) / (until - from)) * (WIDE - 2 * EDGE);
  const y = (value) => HIGH - EDGE - (most === least ? 0.5 : (value - least) / (most - least)) * (HIGH - 2 * EDGE);
  const dots = points.map((point) => [x(point.at).toFixed(1), y(point.value).toFixed(1)]);
  return draw(
    "svg",
    { class: "curve", viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true", focusable: "false" },
    draw("polyline", { points: dots.map((dot) => dot.join(",")).join(" ") }),
    dots.map(([cx, cy]) => draw("circle", { cx, cy, r: 2.5 })),
  );
}
