// One message as an article: text, picture, file, time and ticks, and the buttons under it.

import { ICONS, icon, make } from "./make.js";
import { lay } from "./keyboard.js";
import { richText } from "./richtext.js";
import { hour, languageOf, size, weekday } from "./wording.js";

// `acts` holds what a bubble can ask for: press, picture, forward, edit, command, link, copy.
export function bubble(message, one, acts) {
  const article = make("article", { class: `msg ${message.mine ? "mine" : "theirs"}`, "data-id": message.id, tabindex: "-1" },
    make("div", { class: "wrap" }, make("div", { class: "bubble" })),
    make("div", { class: "acts", "data-row": "" }));
  dress(article, message, one, acts);
  return article;
}

// Brings the article level with the message; says whether what one reads has changed.
export function dress(article, message, one, acts) {
  const { body, edited } = { body: readable(message), edited: message.edited };
  const changed = article.dataset.body !== body;
  const at = new Date(message.at);
  article.lang = languageOf(message.text || message.button_words, one.language);
  article.setAttribute("aria-label", `${message.mine ? one.name : "Fraudwise"}, ${weekday(at, one.time_zone)} ${hour(at, one.time_zone)}`);
  article.classList.toggle("protected", message.protected);
  if (changed || article.dataset.edited !== String(edited) || article.dataset.seen !== String(message.seen)) {
    fill(article.querySelector(".bubble"), message, one, acts);
  }
  Object.assign(article.dataset, { body, edited: String(edited), seen: String(message.seen) });
  layKeyboard(article, message, one, acts);
  layActs(article, message, acts);
  return changed;
}

const readable = (message) =>
  JSON.stringify([message.text, message.entities, message.photo?.url, message.document?.url, message.sticker]);

function fill(box, message, one, acts) {
  const free = message.protected ? { ...acts, copy: null } : acts;
  const text = make("div", { class: "text" }, richText(message.text, message.entities, message.mine ? { link: acts.link } : free));
  text.append(meta(message, one));
  box.replaceChildren(...[forwarded(message), answered(message, one), photo(message, acts), file(message), sticker(message)].filter(Boolean), text);
  box.classList.toggle("bare", Boolean(message.photo) && !message.text);
}

function meta(message, one) {
  const line = make("span", { class: "meta", lang: "en" });
  if (message.protected) line.append(locked());
  if (message.edited) line.append(make("span", { class: "edited" }, "edited"));
  line.append(make("time", { datetime: message.at }, hour(new Date(message.at), one.time_zone)));
  if (message.mine) line.append(ticks(message.seen));
  return line;
}

function ticks(seen) {
  const mark = icon(...(seen ? ["M2.5 12.5 7 17l8.5-9.5", "M11 16.200l.8.8 8.7-9.5"] : ["M5 12.5 9.5 17 18.5 7.5"]));
  mark.classList.add("ticks");
  mark.removeAttribute("aria-hidden");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", seen ? "read" : "sent");
  return mark;
}

function locked() {
  const mark = icon(...ICONS.lock);
  mark.classList.add("lock");
  mark.removeAttribute("aria-hidden");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", "protected: cannot be forwarded or saved");
  return mark;
}

function forwarded(message) {
  return message.forwarded ? make("p", { class: "from", lang: "en" }, "Forwarded from ", make("b", {}, message.forwarded)) : null;
}

function answered(message, one) {
  if (!message.reply_to) return null;
  return make("p", { class: "answers", lang: languageOf(message.reply_to, one.language) }, message.reply_to);
}

function photo(message, acts) {
  if (!message.photo) return null;
  const { url, width, height } = message.photo;
  const image = make("img", { src: url, alt: "", width: width || undefined, height: height || undefined, decoding: "async" });
  return make("button", { type: "button", class: "photo", "data-stop": "", tabindex: "-1", lang: "en", "aria-label": "Photo, open large",
    onclick: () => acts.picture(message) }, image);
}

// Protected files can be seen to be there, but not taken along.
function file(message) {
  if (!message.document) return null;
  const { name, bytes, url, label } = message.document;
  const ending = name.includes(".") ? name.split(".").pop().slice(0, 4).toUpperCase() : "";
  return make("div", { class: "file", lang: "en" },
    make("span", { class: "sheetmark", "aria-hidden": "true" }, ending || icon(...ICONS.file)),
    make("span", { class: "named" }, make("span", { class: "name" }, name), make("span", { class: "small" }, [label, size(bytes)].filter(Boolean).join(", "))),
    message.protected ? null : make("a", { class: "save", href: url, download: name, "data-stop": "", tabindex: "-1", "aria-label": `Save ${name}` }, "Save"));
}

function sticker(message) {
  return message.sticker ? make("p", { class: "sticker" }, message.sticker) : null;
}

function layKeyboard(article, message, one, acts) {
  const wrap = article.querySelector(".wrap");
  let group = wrap.querySelector(".keyboard");
  if (!message.keyboard.length) {
    group?.remove();
    return;
  }
  group ??= wrap.appendChild(make("div", { class: "keyboard", role: "group", "aria-label": "Buttons of this message", "data-keyboard": "" }));
  lay(group, message.keyboard, one.language, (element, button) => acts.press(article, message.id, element, button));
}

function layActs(article, message, acts) {
  const box = article.querySelector(".acts");
  const wanted = `${message.protected}${message.mine && message.text}`;
  if (box.dataset.wanted === wanted) return;
  box.dataset.wanted = wanted;
  const act = (name, label, run) =>
    make("button", { type: "button", class: "icon small", "data-stop": "", tabindex: "-1", lang: "en", "aria-label": label, title: label, onclick: run }, icon(...ICONS[name]));
  box.replaceChildren(...[
    message.mine && message.text ? act("edit", "Edit", () => acts.edit(message.id)) : null,
    message.protected ? null : act("forward", "Forward", () => acts.forward(message.id)),
  ].filter(Boolean));
}
