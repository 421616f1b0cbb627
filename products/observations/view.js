// Putting things on the screen, and taking them off.

import { make, part, show, tag } from "./elements.js";
import { resultsView } from "./view-results.js";
import { vitalsView } from "./view-vitals.js";

export function showBanner(banner) {
  document.title = `${banner.name} – observations`;
  show(part("banner"), banner, bannerView);
  part("banner").hidden = false;
}

export function showVitals(model) {
  show(part("vitals-body"), model, vitalsView);
  part("shown").hidden = false;
}

export function showResults(model) {
  show(part("results-body"), model, resultsView);
}

export function showFeeds(lines) {
  show(part("feeds-body"), lines, (told) => told.map((line) => make("li", {}, line)));
}

// Takes everything that is of a patient off the screen.
export function clear() {
  document.title = "Observations";
  for (const id of ["banner", "vitals-body", "results-body", "feeds-body"]) {
    part(id).replaceChildren();
    delete part(id).dataset.told;
  }
  part("banner").hidden = part("shown").hidden = true;
  part("changes").textContent = "";
}

// Level: null for none, "warn" (may be out of date) or "stop" (is not current).
export function showNotice(level, sentence, isOld = false) {
  const notice = part("notice");
  notice.hidden = level === null;
  notice.className = `notice notice-${level}`;
  if (notice.textContent !== sentence) notice.textContent = sentence;
  part("shown").classList.toggle("old", isOld);
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

function bannerView(banner) {
  return [
    make("p", { class: "banner-name" }, banner.name, banner.died ? [" ", tag(`Died ${banner.died}`, "stop")] : null, banner.isMerged || !banner.isActive ? [" ", tag("Not the record in use", "stop")] : null),
    make(
      "dl",
      {},
      entry("Born", banner.born),
      entry("Sex", banner.sex),
      entry("NHS number", banner.nhs.text, banner.nhs.mark && tag(banner.nhs.mark, banner.nhs.mark === "Not valid" ? "stop" : "quiet")),
      entry("Hospital number", banner.other),
    ),
  ];
}

function entry(label, text, mark = null) {
  return make("div", {}, make("dt", {}, label), make("dd", {}, text, mark ? [" ", mark] : null));
}
