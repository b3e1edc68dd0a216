// Small words that come and go: the status line for screen readers, and toasts for everybody.
// A toast that offers something stays until it is taken or closed.

import { ICONS, icon, make } from "./make.js";
import { languageOf } from "./wording.js";

const status = document.getElementById("status");
const box = document.getElementById("toast");
const STAYS = 4000;
let timer;
let lasts = STAYS;

export function announce(words, quoted = "", own = "en") {
  status.replaceChildren(words);
  if (quoted) status.append(make("span", { lang: languageOf(quoted, own) }, quoted));
}

export function toast(words, { own = "en", action = null, silent = false } = {}) {
  box.replaceChildren(make("p", { lang: languageOf(words, own) }, words));
  if (action) {
    box.append(make("button", { type: "button", onclick: () => { hide(); action.run(); } }, action.label),
      make("button", { type: "button", class: "icon small", "aria-label": "Close", onclick: hide }, icon(...ICONS.close)));
  }
  box.hidden = false;
  box.classList.remove("come");
  void box.offsetWidth;
  box.classList.add("come");
  if (!silent) announce("", words, own);
  clearTimeout(timer);
  lasts = action ? null : STAYS;
  if (lasts) timer = setTimeout(hide, lasts);
}

export function hide() {
  clearTimeout(timer);
  box.hidden = true;
}

box.addEventListener("pointerenter", () => clearTimeout(timer));
box.addEventListener("pointerleave", () => { if (lasts) timer = setTimeout(hide, lasts / 2); });
box.addEventListener("focusin", () => clearTimeout(timer));
box.addEventListener("focusout", () => { if (lasts) timer = setTimeout(hide, lasts / 2); });
