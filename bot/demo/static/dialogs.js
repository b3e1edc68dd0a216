// Dialogs: sheets the bot opens, a picture in full, a choice of people, the list of keys.

import { ICONS, icon, make } from "./make.js";
import { languageOf } from "./wording.js";

// Opens a dialog and gives focus back to where it was; resolves with what closed it.
export function open(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

export function sheet(words, own) {
  const lang = languageOf(words, own);
  return open(make("dialog", { class: "sheet", "aria-label": "Fraudwise says" },
    make("p", { class: "words", lang }, words),
    make("form", { method: "dialog", class: "row" }, make("button", { class: "primary", autofocus: true }, "OK"))));
}

// Asks once; resolves true when the second button was pressed.
export async function confirm({ title, words, keep, act }) {
  const answer = await open(make("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    make("h2", { id: "dialog-title" }, title),
    make("p", { class: "words" }, words),
    make("form", { method: "dialog", class: "row" },
      make("button", { value: "", autofocus: true }, keep),
      make("button", { value: "yes", class: "primary" }, act))));
  return answer === "yes";
}

export function picture(source, caption, name) {
  return open(make("dialog", { class: "picture", "aria-label": "Picture" },
    make("form", { method: "dialog", class: "tools" },
      name && make("a", { class: "icon", href: source, download: name, "aria-label": "Save the picture" }, icon(...ICONS.save)),
      make("button", { class: "icon", "aria-label": "Close", autofocus: true }, icon(...ICONS.close))),
    make("img", { src: source, alt: caption || "Picture sent in the chat" }),
    caption ? make("p", { class: "caption" }, caption) : null));
}

// Offers everybody but resolves with one id, or with null when it was closed.
export async function choose(title, people, draw) {
  const list = make("ul", { class: "choices" }, ...people.map((one) =>
    make("li", {}, make("button", { value: String(one.id) }, ...draw(one)))));
  const answer = await open(make("dialog", { class: "sheet tall", "aria-labelledby": "dialog-title" },
    make("div", { class: "head" },
      make("h2", { id: "dialog-title" }, title),
      make("form", { method: "dialog" }, make("button", { class: "icon", value: "", "aria-label": "Close" }, icon(...ICONS.close)))),
    make("form", { method: "dialog" }, list)));
  return answer ? Number(answer) : null;
}

export async function newcomer(languages) {
  const name = make("input", { id: "new-name", maxlength: "40", required: true, autocomplete: "off", autofocus: true });
  const choice = make("select", { id: "new-language" },
    ...Object.entries(languages).map(([tag, label]) => make("option", { value: tag, lang: tag }, label)));
  const answer = await open(make("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    make("form", { method: "dialog" },
      make("h2", { id: "dialog-title" }, "Somebody new"),
      make("p", { class: "words" }, "A person with no history, who has never written to the bot."),
      make("label", { for: "new-name" }, "Name"), name,
      make("label", { for: "new-language" }, "Language of their phone"), choice,
      make("div", { class: "row" },
        make("button", { type: "button", onclick: (event) => event.target.closest("dialog").close("") }, "Not now"),
        make("button", { class: "primary", value: "add" }, "Add")))));
  return answer === "add" && name.value.trim() ? { name: name.value.trim(), language: choice.value } : null;
}

const KEYS = [
  ["Ctrl K or ⌘ K", "Find somebody"],
  ["/", "In an empty message: the menu"],
  ["↑", "In an empty message: to the newest buttons"],
  ["↑ ↓ ← →", "Walk the buttons and messages"],
  ["Enter", "Press a button; send a message"],
  ["Shift Enter", "A new line"],
  ["Esc", "Close, or back to the message field"],
];
const LETTERS = [
  ["C", "Message field"],
  ["N", "Next delivery"],
  ["H", "One hour on"],
  ["D", "One day on"],
  ["?", "This list"],
];

export function keys(lettersOn, onSwitch) {
  const lines = (pairs) => pairs.map(([key, does]) =>
    make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)));
  const single = make("dl", { class: "keys" }, ...lines(LETTERS));
  const box = make("input", { type: "checkbox", id: "letters", checked: lettersOn,
    onchange: (event) => { onSwitch(event.target.checked); single.classList.toggle("off", !event.target.checked); } });
  single.classList.toggle("off", !lettersOn);
  return open(make("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    make("h2", { id: "dialog-title" }, "Keys"),
    make("dl", { class: "keys" }, ...lines(KEYS)),
    make("label", { class: "switch", for: "letters" }, box, make("span", {}, "Single-letter keys, outside text fields")),
    single,
    make("form", { method: "dialog", class: "row" }, make("button", { class: "primary", autofocus: true }, "Close"))));
}
