// The people one can be: groups, last lines, unread counts, and the way to add somebody.

import { post } from "./api.js";
import { choose, newcomer } from "./dialogs.js";
import { make } from "./make.js";
import { toast } from "./notices.js";
import { now, person, state } from "./state.js";
import { LANGUAGES, SHORT, brief, languageOf } from "./wording.js";

const groups = document.getElementById("groups");
const find = document.getElementById("find");
const elsewhere = document.getElementById("elsewhere");

const TITLES = { learners: "Learners", manager: "Managers", desk: "Desk", trainer: "Trainer", administrator: "Administrator" };
const TONES = 6;
const SHOWN = 7;
const rows = new Map();
const wide = new Set();

let onOpen = () => {};
export const connect = (open) => { onOpen = open; };

export function face(one, extra = "") {
  return make("span", { class: `face tone-${one.tone} ${extra}`, "aria-hidden": "true", lang: languageOf(one.initials, one.language) }, one.initials);
}

// Draws what is missing and brings the rest level; the rows themselves stay, and with them the focus.
export function draw() {
  const words = find.value.trim().toLowerCase();
  state.people.forEach((one, index) => { one.tone = index % TONES; });
  for (const [group, title] of Object.entries(TITLES)) {
    const members = state.people.filter((one) => one.group === group);
    drawGroup(group, members.length === 1 && title === "Managers" ? "Manager" : title, members, words);
  }
  empty(words);
  document.title = person() ? `${unread() ? `(${unread()}) ` : ""}${person().called} · Fraudwise demo` : "Fraudwise demo";
  elsewhere.hidden = !state.people.some((one) => one.unread && one.id !== state.here);
}

const unread = () => state.people.reduce((sum, one) => sum + (one.id === state.here ? 0 : one.unread), 0);

function drawGroup(group, title, members, words) {
  let section = groups.querySelector(`[data-group="${group}"]`);
  if (!members.length) { section?.remove(); return; }
  if (!section) {
    section = make("section", { "data-group": group, "aria-labelledby": `group-${group}` },
      make("h2", { id: `group-${group}` }), make("ul", {}),
      make("button", { type: "button", class: "all", onclick: () => { wide.add(group); draw(); } }));
    groups.append(section);
  }
  section.querySelector("h2").textContent = title;
  const list = section.querySelector("ul");
  const found = members.filter((one) => !words || `${one.name} ${one.role} ${LANGUAGES[one.language]}`.toLowerCase().includes(words));
  const few = words || wide.has(group) || members.length <= SHOWN + 1;
  const visible = few ? found : found.filter((one, index) => index < SHOWN || one.unread || one.id === state.here);
  members.forEach((one) => {
    const item = rows.get(one.id) ?? row(one);
    if (item.parentElement !== list) list.append(item);
    item.hidden = !visible.includes(one);
    level(item, one);
  });
  section.hidden = !found.length;
  const all = section.querySelector(".all");
  all.hidden = few || visible.length === members.length;
  all.textContent = `Show all ${members.length}`;
}

function row(one) {
  const item = make("li", {},
    make("button", { type: "button", class: "person", onclick: () => onOpen(one.id, true) },
      face(one),
      make("span", { class: "name" }), make("span", { class: "tag" }), make("time", {}),
      make("span", { class: "role" }, one.role),
      make("span", { class: "latest" }, make("span", { class: "last" }), make("span", { class: "count", hidden: true }))));
  rows.set(one.id, item);
  return item;
}

function level(item, one) {
  const part = (name) => item.querySelector(name);
  const button = part(".person");
  button.toggleAttribute("aria-current", one.id === state.here);
  if (one.id === state.here) button.setAttribute("aria-current", "true");
  set(part(".name"), one.name, languageOf(one.name, one.language));
  set(part(".tag"), SHORT[one.language] ?? one.language, one.language);
  part(".tag").title = LANGUAGES[one.language] ?? "";
  part("time").textContent = one.last ? brief(one.last.at, one.time_zone, now()) : "";
  set(part(".last"), one.last ? one.last.text : "Hasn't written yet", one.last ? languageOf(one.last.text, one.language) : "en");
  const count = part(".count");
  const many = one.id === state.here ? 0 : one.unread;
  count.hidden = !many;
  count.replaceChildren(String(many > 99 ? "99+" : many), make("span", { class: "unseen" }, many === 1 ? " unread message" : " unread messages"));
}

function set(element, text, lang) {
  if (element.textContent !== text) element.textContent = text;
  element.lang = lang;
}

function empty(words) {
  let note = groups.querySelector(".none");
  const none = words && [...groups.querySelectorAll("section")].every((one) => one.hidden);
  if (!none) { note?.remove(); return; }
  note ??= groups.appendChild(make("p", { class: "none" }));
  note.textContent = `Nobody here is called “${find.value.trim()}”.`;
}

// Marks what is on screen as seen, here and for the next visit.
export function seen(id) {
  const one = person(id);
  if (!one || (!one.unread && one.marked)) return;
  one.unread = 0;
  one.marked = true;
  post("api/seen", { person: id }).catch(() => {});
  draw();
}

export function take(news) {
  const one = person(news.person);
  if (!one || !news.last) return;
  one.last = { ...news.last, at: new Date(news.last.at) };
  one.unread = news.unread;
  one.marked = false;
  if (news.person === state.here && !document.hidden) seen(news.person);
  else draw();
}

export async function add() {
  const wish = await newcomer(LANGUAGES);
  if (!wish) return;
  try {
    const { person: made } = await post("api/add-person", wish);
    if (!person(made.id)) state.people.push(made);
    draw();
    onOpen(made.id, true);
  } catch (error) {
    toast(error.message);
  }
}

export const pick = (title, without) =>
  choose(title, state.people.filter((one) => one.id !== without), (one) => [
    face(one), make("span", { class: "name", lang: languageOf(one.name, one.language) }, one.name), make("span", { class: "role" }, one.role)]);

export const bringIntoView = (id) => rows.get(id)?.querySelector(".person").scrollIntoView({ block: "nearest" });

// On a phone the list comes back with the one just left in focus, and no keyboard over it.
export function toRow(id) {
  const button = rows.get(id)?.querySelector(".person");
  button?.focus({ preventScroll: true });
  button?.scrollIntoView({ block: "nearest" });
}

export function toList() {
  find.focus();
  find.select();
}

// Up and down walk the list, from the search field on; Enter opens the first one found.
document.getElementById("people").addEventListener("keydown", (event) => {
  const buttons = [...groups.querySelectorAll("button.person")].filter((one) => one.getClientRects().length);
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "Enter" && event.target === find && !event.isComposing) {
    event.preventDefault();
    buttons[0]?.click();
  } else if (event.key === "Escape" && event.target === find && find.value) {
    event.preventDefault();
    find.value = "";
    draw();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (at >= 0 || event.target === find)) {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) find.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  }
});

find.addEventListener("input", draw);
document.getElementById("newcomer").addEventListener("click", add);
