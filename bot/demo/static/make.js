// Builds elements from plain values. Text always goes in as text, never as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  forward: ["M13.5 6.5 19 12l-5.5 5.5", "M19 12H9.5A4.5 4.5 0 0 0 5 16.5V18"],
  edit: ["M5 19l.9-3.9L15.6 5.4a1.6 1.6 0 0 1 2.3 0l.7.7a1.6 1.6 0 0 1 0 2.3L8.9 18.1z"],
  reply: ["M10.5 6.5 5 12l5.5 5.5", "M5 12h9.5a4.5 4.5 0 0 1 4.5 4.5V18"],
  close: ["M6.5 6.5l11 11M17.5 6.5l-11 11"],
  lock: ["M7 11V8.5a5 5 0 0 1 10 0V11", "M5.5 11h13v8.5h-13z"],
  link: ["M9 7h8v8", "M17 7 7 17"],
  copy: ["M9 9h10v10H9z", "M5 15V5h10"],
  save: ["M12 4.5v10", "M7.5 10.5l4.5 4.5 4.5-4.5", "M5 19h14"],
  file: ["M7 3.5h7l4 4v13H7z", "M14 3.5v4h4"],
  photo: ["M4.5 5.5h15v13h-15z", "M4.5 15.5l4-4 4 4 2.5-2.5 4.5 4.5"],
  pin: ["M9 3.5h6l-1 6 3.5 3.5v1.5h-11V13L10 9.5z", "M12 14.5V21"],
};
