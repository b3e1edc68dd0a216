// A Telegram text with its entities → nodes. Nothing a person wrote is ever read as HTML:
// each stretch of text becomes a text node inside the elements its entities ask for.

import { make } from "./make.js";

const PLAIN = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", pre: "pre",
  mention: "span", hashtag: "span", cashtag: "span", phone_number: "span", email: "span",
};
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
// Inside these a command or a link is only what is written.
const QUIET = new Set(["code", "pre", "text_link", "url", "bot_command"]);
const COMMAND = /(^|[\s(（，。；：“「])(\/[a-z][a-z0-9_]{1,31})(?![\w/.@])/g;

// `acts` says what a command, a link or a copied code does.
export function richText(text, entities, acts) {
  const root = document.createDocumentFragment();
  const sorted = [...entities].filter((one) => one.length > 0)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(root, text, 0, text.length, sorted, acts);
  return root;
}

function fill(parent, text, from, to, entities, acts) {
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    index += 1;
    if (end <= start) continue;
    const inside = [];
    while (index < entities.length && entities[index].offset < end) inside.push(entities[index++]);
    entities = [...entities.slice(0, index), ...beyond(inside, end), ...entities.slice(index)];
    let before = text.slice(at, start);
    if (BLOCKS.has(entity.type)) before = before.replace(/\n$/, "");
    addText(parent, before, acts);
    const element = wrap(entity, text.slice(start, end), acts);
    fill(element.querySelector(".inner") ?? element, text, start, end, inside, QUIET.has(entity.type) ? null : acts);
    parent.append(element);
    at = end;
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1;
  }
  addText(parent, text.slice(at, to), acts);
}

// Entities may cross: what reaches past the end of the one around it goes on after that end.
const beyond = (inside, end) => inside
  .filter((one) => one.offset + one.length > end)
  .map((one) => ({ ...one, offset: end, length: one.offset + one.length - end }));

function addText(parent, text, acts) {
  if (!text) return;
  if (!acts?.command) { parent.append(text); return; }
  let at = 0;
  for (const found of text.matchAll(COMMAND)) {
    const start = found.index + found[1].length;
    parent.append(text.slice(at, start), commandButton(found[2], acts));
    at = start + found[2].length;
  }
  parent.append(text.slice(at));
}

function commandButton(command, acts) {
  return make("button", { type: "button", class: "command", tabindex: "-1", "data-stop": "", onclick: () => acts.command(command) }, command);
}

function wrap(entity, text, acts) {
  switch (entity.type) {
    case "text_link":
    case "url": return link(entity.url || text, acts);
    case "bot_command":
      return acts?.command
        ? make("button", { type: "button", class: "command", tabindex: "-1", "data-stop": "", onclick: () => acts.command(text) })
        : make("span", { class: "command" });
    case "code":
      return make("code", acts?.copy ? { role: "button", tabindex: "-1", "data-stop": "", title: "Copy", onclick: () => acts.copy(text) } : {});
    case "spoiler": return spoiler();
    case "blockquote": return make("blockquote");
    case "expandable_blockquote": return expandable();
    default: return make(PLAIN[entity.type] ?? "span");
  }
}

function link(address, acts) {
  const url = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  if (!/^(https?|tel|mailto|tg):/i.test(url)) return make("span");
  return make("a", { href: url, tabindex: "-1", "data-stop": "", rel: "noopener noreferrer",
    onclick: (event) => { event.preventDefault(); acts?.link?.(url); } });
}

function spoiler() {
  const show = (event) => {
    if (hidden.classList.contains("shown")) return;
    event.preventDefault();
    hidden.classList.add("shown");
    for (const name of ["role", "aria-label"]) hidden.removeAttribute(name);
  };
  const hidden = make("span", { class: "spoiler", role: "button", tabindex: "-1", "data-stop": "", "aria-label": "Hidden text, press to show", onclick: show });
  return hidden;
}

function expandable() {
  const more = make("button", { type: "button", class: "more", tabindex: "-1", "data-stop": "", "aria-expanded": "false" }, "Show all");
  const quote = make("blockquote", { class: "expandable" }, make("div", { class: "inner" }), more);
  more.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    more.textContent = open ? "Show less" : "Show all";
    more.setAttribute("aria-expanded", String(open));
  });
  return quote;
}
