// Elements: found by id, made with their attributes, and filled only where something differs.

export const $ = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const make = (name, attributes = {}, ...children) => dress(document.createElement(name), attributes, children);

export const draw = (name, attributes = {}, ...children) =>
  dress(document.createElementNS(SVG, name), attributes, children);

/** Write text where it differs, so that nobody hears the same words twice. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replace what stands in an element only if what it is made of has changed. */
const told = new WeakMap();
export function refill(element, from, build) {
  const key = JSON.stringify(from);
  if (told.get(element) === key) return;
  told.set(element, key);
  element.replaceChildren(...build());
}

export const later = (wait, act) => {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
};
