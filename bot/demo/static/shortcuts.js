// Keys that work anywhere on the page.

import * as clock from "./clock.js";
import * as composer from "./composer.js";

export function connect({ toPeople }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "k") {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) toPeople();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (composer.closeMenu() || composer.closeAttach()) event.preventDefault();
      else if (!event.target.closest("input, textarea, select")) composer.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (!clock.lettersOn()) return;
    const does = { "?": clock.showKeys, c: composer.focus, n: () => clock.jump({ next: true }), h: () => clock.jump({ by: 3600 }), d: () => clock.jump({ by: 86400 }) }[key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}
