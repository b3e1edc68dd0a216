// The buttons under a message: their widths, what a press does, and how they change in place.

import { ICONS, icon, make } from "./make.js";
import { languageOf } from "./wording.js";

const WAITS = 12000;
const TURNED = 400;

// Brings `group` level with `rows`, keeping each button that stays at its place, and with it the focus.
export function lay(group, rows, own, press) {
  const lines = [...group.children];
  const said = JSON.stringify(rows.map((row) => row.map((button) => button.text)));
  if (group.said !== said) Object.assign(group, { said, turnedAt: performance.now() });
  rows.forEach((row, r) => {
    const line = lines[r] ?? group.appendChild(make("div", { class: "keys-row", "data-row": "" }));
    line.dataset.count = row.length;
    const old = [...line.children];
    row.forEach((button, c) => {
      const element = old[c] ?? line.appendChild(make("button", { type: "button", "data-stop": "", tabindex: "-1" }));
      dress(element, button, own);
      // The second half of a double tap was meant for the button that stood here before.
      element.onclick = (event) => {
        if (event.detail < 2 || performance.now() - group.turnedAt > TURNED) press(element, button);
      };
    });
    old.slice(row.length).forEach((element) => element.remove());
  });
  lines.slice(rows.length).forEach((line) => line.remove());
}

function dress(element, button, own) {
  element.className = `key ${button.style ?? ""} ${button.kind}`.trim();
  if (element.dataset.label !== button.text || element.dataset.kind !== button.kind) {
    const label = make("span", { class: "label" }, button.text);
    element.replaceChildren(label);
    if (button.kind === "link") element.append(icon(...ICONS.link));
    if (button.kind === "copy") element.append(icon(...ICONS.copy));
  }
  element.dataset.label = button.text;
  element.dataset.kind = button.kind;
  element.lang = languageOf(button.text, own);
  element.title = button.kind === "link" ? `${button.text}: ${button.url}` : "";
  if (!element.title) element.removeAttribute("title");
  calm(element);
}

// A pressed button shows that it waits, for as long as the bot may take.
export function wait(element) {
  element.classList.add("waiting");
  element.setAttribute("aria-busy", "true");
  clearTimeout(element.waitTimer);
  element.waitTimer = setTimeout(() => calm(element), WAITS);
}

export function calm(element) {
  clearTimeout(element.waitTimer);
  element.classList.remove("waiting");
  element.removeAttribute("aria-busy");
}

export function copied(element) {
  const label = element.querySelector(".label");
  clearTimeout(element.copyTimer);
  label.textContent = "Copied";
  label.lang = "en";
  element.classList.add("done");
  element.copyTimer = setTimeout(() => {
    label.textContent = element.dataset.label;
    label.removeAttribute("lang");
    element.classList.remove("done");
  }, 1800);
}

export const isDouble = (element) => element.classList.contains("waiting");
