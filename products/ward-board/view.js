// Putting rows on the screen without moving anything that has not changed.

import { newFor } from "./settings.js";
import { age, birthDate, howLong, moment, nhsNumber, plural } from "./words.js";

const part = (id) => document.getElementById(id);

export function showWard(name) {
  part("ward").textContent = name;
  document.title = `${name} – ward board`;
}

export function showRows(rows, now) {
  const patients = rows.filter((row) => !row.isFree).length;
  const free = rows.length - patients;
  part("count").textContent = `${plural(patients, "patient")}${free ? `, nobody recorded in ${plural(free, "bed")}` : ""}`;
  const body = part("rows");
  const present = new Map([...body.children].map((line) => [line.dataset.key, line]));
  rows.forEach((row, index) => place(body, index, present.get(row.key) ?? newLine(row.key), row, now));
  while (body.children.length > rows.length) body.lastElementChild.remove();
  part("board").hidden = false;
}

export function clearRows() {
  part("rows").replaceChildren();
  part("count").textContent = "";
  part("board").hidden = true;
}

// Level: null for none, "warn" (may be out of date) or "stop" (is not current).
export function showNotice(level, sentence, isOld = false) {
  const notice = part("notice");
  notice.hidden = level === null;
  notice.className = `notice notice-${level}`;
  if (notice.textContent !== sentence) notice.textContent = sentence;
  part("board").classList.toggle("board-old", isOld);
}

export function showNote(sentence) {
  if (part("note").textContent !== sentence) part("note").textContent = sentence;
}

export function showClock(text) {
  if (part("clock").textContent !== text) part("clock").textContent = text;
}

export function announce(sentence) {
  if (sentence) part("changes").textContent = sentence;
}

function newLine(key) {
  const line = document.createElement("tr");
  line.setAttribute("role", "row");
  line.dataset.key = key;
  return line;
}

function place(body, index, line, row, now) {
  const told = JSON.stringify([row, isNew(row, now), row.since && howLong(new Date(row.since), now)]);
  if (line.dataset.told !== told) {
    line.dataset.told = told;
    line.className = row.isFree ? "free" : isNew(row, now) ? "new" : "";
    line.replaceChildren(...(row.isFree ? freeCells(row) : cells(row, now)));
  }
  if (body.children[index] !== line) body.insertBefore(line, body.children[index] ?? null);
}

function cells(row, now) {
  const name = cell("name", "Patient", row.name ?? "Name cannot be read");
  for (const [isSo, word, kind] of [
    [isNew(row, now), "New", "tag-new"],
    [row.sharesBed, "Shares bed", "tag-stop"],
    [row.hasNamesake, "Similar name", "tag-warn"],
  ]) {
    if (isSo) name.append(" ", tag(word, kind));
  }
  const number = cell("number", "NHS number", row.nhsNumber ? nhsNumber(row.nhsNumber) : "Not known");
  if (row.nhsNumber && !row.isValid) number.append(" ", tag("Not valid", "tag-stop"));
  else if (row.nhsNumber && !row.isVerified) number.append(" ", tag("Not verified", "tag-quiet"));
  return [heading(row.bed ?? "No bed"), name, cell("born", "Born", born(row, now)), number, since(row, now), cell("under", "Under", row.consultant ?? "Not told")];
}

function born(row, now) {
  if (!row.born) return "Not known";
  const old = age(row.born, now);
  return [birthDate(row.born), old && `(${old})`, row.sex].filter(Boolean).join(" ");
}

function since(row, now) {
  if (!row.since) return cell("since", "On this ward since", "Not told");
  const at = new Date(row.since);
  const told = cell("since", "On this ward since", "");
  const time = document.createElement("time");
  time.dateTime = row.since;
  time.textContent = moment(at, now);
  const long = document.createElement("span");
  long.className = "long";
  long.textContent = howLong(at, now);
  told.append(time, " ", long);
  return told;
}

function freeCells(row) {
  // Never "free": the bed may be closed, or its patient's admission not yet told or not yet filed.
  const free = cell("", "", "Nobody recorded");
  free.colSpan = 5;
  return [heading(row.bed), free];
}

function heading(bed) {
  const head = document.createElement("th");
  head.scope = "row";
  head.setAttribute("role", "rowheader");
  head.className = "bed";
  head.textContent = bed;
  return head;
}

function cell(kind, label, text) {
  const made = document.createElement("td");
  made.setAttribute("role", "cell");
  made.className = kind;
  made.dataset.label = label;
  made.textContent = text;
  return made;
}

function tag(word, kind) {
  const made = document.createElement("strong");
  made.className = `tag ${kind}`;
  made.textContent = word;
  return made;
}

function isNew(row, now) {
  return Boolean(row.since) && now - new Date(row.since) < newFor;
}
