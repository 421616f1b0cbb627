// What changed between two lists, as sentences for those who hear the board. Pure.

import { plural } from "./words.js";

const MOST_TOLD = 3;

export function changes(before, after) {
  const old = new Map(before.filter((row) => !row.isFree).map((row) => [row.key, row]));
  const fresh = new Map(after.filter((row) => !row.isFree).map((row) => [row.key, row]));
  const told = [];
  for (const [key, row] of fresh) {
    const was = old.get(key);
    if (!was) told.push(`${who(row)} has arrived, ${bed(row)}.`);
    else if (was.bed !== row.bed) told.push(`${who(row)} has moved from ${bed(was)} to ${bed(row)}.`);
    else if (was.name !== row.name || was.nhsNumber !== row.nhsNumber) told.push(`Details of ${who(row)}, ${bed(row)}, have changed.`);
  }
  for (const [key, row] of old) {
    if (!fresh.has(key)) told.push(`${who(row)} has left, ${bed(row)}.`);
  }
  return told.length > MOST_TOLD ? `${plural(told.length, "change")} on the ward.` : told.join(" ");
}

function who(row) {
  return row.name ?? "A patient";
}

function bed(row) {
  return row.bed === null ? "no bed" : `bed ${row.bed}`;
}
