// Making elements; text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const part = (id) => document.getElementById(id);

export function make(kind, attributes = {}, ...children) {
  return filled(document.createElement(kind), attributes, children);
}

export function draw(kind, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, kind), attributes, children);
}

export function tag(text, kind) {
  return make("strong", { class: `tag tag-${kind}` }, text);
}

// Gives a place new content, unless it would be the same: what somebody reads or has in focus stays where it is.
export function show(place, model, render) {
  const told = JSON.stringify(model);
  if (place.dataset.told === told) return;
  place.dataset.told = told;
  place.replaceChildren(...[render(model)].flat());
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}
