// Writing: the field that grows, the menu of commands, the paperclip, sending and correcting.

import { post, upload } from "./api.js";
import * as attachments from "./attachments.js";
import { block } from "./clock.js";
import { ICONS, icon, make } from "./make.js";
import { hide, toast } from "./notices.js";
import { state } from "./state.js";
import * as walk from "./walk.js";
import { firstLine, languageOf } from "./wording.js";

const form = document.getElementById("composer");
const draft = document.getElementById("draft");
const send = document.getElementById("send");
const menu = document.getElementById("menu");
const menuButton = document.getElementById("menubutton");
const attach = document.getElementById("attach");
const clip = document.getElementById("clip");
const blockedBar = document.getElementById("blocked");
const editingBar = document.getElementById("editing");

const drafts = new Map();
let commands = [];
let editing = null;
let composing = false;
let language = "en";

export function show(id, list, own) {
  closeMenu();
  closeAttach();
  stopEditing();
  attachments.clear();
  takeMenu(list, own);
  draft.value = drafts.get(id) ?? "";
  grow();
}

export function takeMenu(list, own) {
  commands = list;
  language = own;
  menuButton.hidden = !list.length;
  if (!menu.hidden) openMenu(draft.value.startsWith("/") ? draft.value.slice(1) : "");
}

export const focus = () => (blockedBar.hidden ? draft : blockedBar.querySelector("button")).focus({ preventScroll: true });

// Who blocked the bot cannot write to it: as in Telegram, the one thing left is to let it back in.
export function setBlocked(one) {
  blockedBar.hidden = !one.blocked;
  form.hidden = one.blocked;
  if (!one.blocked) return;
  blockedBar.replaceChildren(make("p", {}, `${one.called} has blocked the bot.`),
    make("button", { type: "button", class: "primary", onclick: () => unblock(one) }, "Unblock"));
}
export const isEmpty = () => !draft.value && !attachments.all().length;

function grow() {
  draft.style.height = "auto";
  draft.style.height = `${draft.scrollHeight}px`;
  send.classList.toggle("ready", Boolean(draft.value.trim()) || attachments.all().length > 0);
}
attachments.onChange(grow);

draft.addEventListener("input", () => {
  drafts.set(state.here, editing ? "" : draft.value);
  grow();
  if (/^\/[a-z_]*$/i.test(draft.value) && commands.length && !editing) openMenu(draft.value.slice(1));
  else closeMenu();
});

// A Chinese word being composed: Enter chooses it. Safari ends the composition before the key
// arrives and then says 229.
draft.addEventListener("compositionstart", () => { composing = true; });
draft.addEventListener("compositionend", () => { composing = false; });
const isComposing = (event) => composing || event.isComposing || event.keyCode === 229;

draft.addEventListener("keydown", (event) => {
  if (isComposing(event)) return;
  if (!menu.hidden && menuKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && isEmpty() && walk.enter()) {
    event.preventDefault();
  } else if (event.key === "Escape" && editing) {
    event.preventDefault();
    stopEditing();
  }
});

form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });

// What is written leaves the field at once, and messages go one after another: the next one may be
// written while this one is on its way. What could not go comes back.
let sending = Promise.resolve();

function submit() {
  const one = { person: state.here, text: draft.value.trim(), files: attachments.take(), editing };
  if (!one.text && !one.files.length) { focus(); return; }
  written();
  postInTurn(one);
}

function postInTurn(one) {
  send.classList.add("waiting");
  sending = sending.then(() => deliver(one)).then(hide, (error) => giveBack(one, error)).finally(() => {
    send.classList.remove("waiting");
    focus();
  });
}

async function deliver(one) {
  if (one.editing) await post("api/edit", { person: one.person, message: one.editing, text: one.text });
  else if (one.files.length) await sendFiles(one);
  else await post("api/say", { person: one.person, text: one.text });
}

// One message a file, as Telegram does; the words travel with the first.
async function sendFiles(one) {
  while (one.files.length) {
    await upload(one.person, one.files[0].file, { photo: one.files[0].photo, caption: one.text });
    one.text = "";
    one.files.shift();
  }
}

// Into the field again if it is still free; otherwise it waits for [Try again] as it was.
function giveBack(one, error) {
  const isFree = one.person === state.here && isEmpty() && !editing;
  if (isFree) {
    editing = one.editing;
    editingBar.hidden = !editing;
    draft.value = one.text;
    if (!editing) drafts.set(one.person, one.text);
    attachments.giveBack(one.files);
    grow();
  }
  toast(error.message, { action: { label: "Try again", run: isFree ? submit : () => postInTurn(one) } });
}

function written() {
  drafts.delete(state.here);
  stopEditing();
  draft.value = "";
  closeMenu();
  grow();
}

// Says something for this person without touching the draft: a command in a text, a menu entry.
export async function say(text) {
  closeMenu();
  try {
    await post("api/say", { person: state.here, text });
  } catch (error) {
    toast(error.message, { action: { label: "Try again", run: () => say(text) } });
  }
}

const unblock = (one) => block(one, false).then(focus);

// ---- correcting what was sent

export function edit(message) {
  if (!message) return;
  editing = message.id;
  draft.value = message.text;
  editingBar.replaceChildren(
    make("span", {}, make("b", {}, "Edit "), make("span", { lang: languageOf(message.text, language) }, firstLine(message.text))),
    make("button", { type: "button", class: "icon small", "aria-label": "Stop editing", onclick: () => { stopEditing(); focus(); } }, icon(...ICONS.close)));
  editingBar.hidden = false;
  grow();
  focus();
}

function stopEditing() {
  if (!editing) return;
  editing = null;
  editingBar.hidden = true;
  draft.value = drafts.get(state.here) ?? "";
  grow();
}

// ---- the menu of commands

function openMenu(start) {
  closeAttach();
  const found = commands.filter((one) => one.command.startsWith(start.toLowerCase()));
  if (!found.length) { closeMenu(); return; }
  menu.replaceChildren(...found.map((one, index) =>
    make("div", { role: "option", id: `command-${index}`, class: "entry", "aria-selected": String(index === 0), onclick: () => choose(one.command), onpointermove: () => select(index) },
      make("span", { class: "command" }, `/${one.command}`),
      make("span", { class: "does", lang: languageOf(one.description, language) }, one.description))));
  menu.hidden = false;
  menuButton.setAttribute("aria-expanded", "true");
  draft.setAttribute("aria-controls", "menu");
  draft.setAttribute("aria-activedescendant", "command-0");
}

export function closeMenu() {
  if (menu.hidden) return false;
  menu.hidden = true;
  menuButton.setAttribute("aria-expanded", "false");
  draft.removeAttribute("aria-activedescendant");
  return true;
}

function select(index) {
  const entries = [...menu.children];
  entries.forEach((entry, at) => entry.setAttribute("aria-selected", String(at === index)));
  draft.setAttribute("aria-activedescendant", `command-${index}`);
  entries[index]?.scrollIntoView({ block: "nearest" });
}

async function choose(command) {
  if (draft.value.startsWith("/")) { draft.value = ""; drafts.delete(state.here); grow(); }
  closeMenu();
  focus();
  await say(`/${command}`);
}

function menuKey(event) {
  const entries = [...menu.children];
  const at = entries.findIndex((entry) => entry.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") select((at + 1) % entries.length);
  else if (event.key === "ArrowUp") select((at - 1 + entries.length) % entries.length);
  else if (event.key === "Enter" && !event.shiftKey) entries[at]?.click();
  else if (event.key === "Tab" && draft.value.startsWith("/")) { draft.value = `${entries[at].querySelector(".command").textContent} `; closeMenu(); }
  else if (event.key === "Escape") { closeMenu(); if (draft.value === "/") { draft.value = ""; grow(); } }
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

menuButton.addEventListener("click", () => {
  if (closeMenu()) return;
  openMenu("");
  focus();
});

// ---- the paperclip

function openAttach() {
  closeMenu();
  const entry = (label, input, ...paths) => make("button", { type: "button", role: "menuitem", class: "entry",
    onclick: () => { closeAttach(); document.getElementById(input).click(); } }, icon(...paths), make("span", {}, label));
  attach.replaceChildren(entry("Photo", "pick-photo", ...ICONS.photo), entry("File", "pick-file", ...ICONS.file));
  attach.hidden = false;
  clip.setAttribute("aria-expanded", "true");
  attach.firstElementChild.focus();
}

export function closeAttach() {
  if (attach.hidden) return false;
  attach.hidden = true;
  clip.setAttribute("aria-expanded", "false");
  return true;
}

clip.addEventListener("click", () => { if (!closeAttach()) openAttach(); });

attach.addEventListener("keydown", (event) => {
  const entries = [...attach.children];
  const at = entries.indexOf(document.activeElement);
  if (event.key === "Escape") { closeAttach(); clip.focus(); }
  else if (event.key === "ArrowDown") entries[(at + 1) % entries.length].focus();
  else if (event.key === "ArrowUp") entries[(at - 1 + entries.length) % entries.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest("#menu, #menubutton, #draft")) closeMenu();
  if (!event.target.closest("#attach, #clip")) closeAttach();
});
