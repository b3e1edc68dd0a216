// The chat on screen: loads one person's messages, then only appends, edits and removes nodes.

import { get, post } from "./api.js";
import { bubble, dress } from "./bubble.js";
import { confirm, picture, sheet } from "./dialogs.js";
import { calm, copied, isDouble, wait } from "./keyboard.js";
import { make } from "./make.js";
import { announce, toast } from "./notices.js";
import { now, person, state } from "./state.js";
import * as walk from "./walk.js";
import { day, dayKey, firstLine, languageOf, plural, spoken } from "./wording.js";

const log = document.getElementById("log");
const scroll = document.getElementById("scroll");
const typing = document.getElementById("typing");
const blank = document.getElementById("blank");
const earlier = document.getElementById("earlier");
const pinned = document.getElementById("pinned");
const pinnedText = document.getElementById("pinned-text");
const down = document.getElementById("down");
const downText = document.getElementById("down-text");

const messages = new Map();
const outside = { edit: () => {}, forward: () => {}, tapped: () => {}, opened: () => {}, shown: () => {} };
let early = null;      // news that came while the chat was being loaded
let stuck = true;      // the reader is at the end, so the end stays in view
let unseen = 0;
let awaited = null;    // where focus was when a tap was sent
let asked = 0;         // until then, what comes answers a tap or words and is shown wherever one had read
let typingTimer;
let pinnedId = null;
let load = 0;
let description = "";

export const connect = (acts) => Object.assign(outside, acts);

export const message = (id) => messages.get(id);

export const count = () => messages.size;

const articleOf = (id) => log.querySelector(`article[data-id="${id}"]`);

// ---- opening a chat

export async function open(id) {
  const turn = ++load;
  clear();
  early = [];
  const slow = setTimeout(() => turn === load && ghosts(), 300);
  try {
    const chat = await get(`api/chat/${id}`);
    if (turn !== load) return null;
    clearTimeout(slow);
    blank.hidden = true;
    log.setAttribute("aria-live", "off");
    chat.messages.forEach((one) => upsert(one, { quiet: true }));
    setTimeout(() => log.setAttribute("aria-live", "polite"), 400);
    earlier.hidden = !chat.more;
    description = chat.description;
    pin(chat.pinned);
    const late = early;
    early = null;
    late.forEach((news) => take(news));
    emptiness();
    toEnd();
    walk.settle();
    if (chat.typing) dots();
    return chat;
  } catch (error) {
    clearTimeout(slow);
    if (turn === load) trouble("This chat could not be loaded. Nothing in it is lost.", () => outside.opened(id), error);
    return null;
  }
}

// After the line was lost: bring what is on screen level again, node by node.
export async function level() {
  if (!state.here) return;
  const chat = await get(`api/chat/${state.here}`);
  const known = new Set(chat.messages.map((one) => one.id));
  const oldest = chat.messages[0]?.id ?? 0;
  for (const id of [...messages.keys()]) if (id >= oldest && !known.has(id)) remove(id);
  chat.messages.forEach((one) => upsert(one));
  pin(chat.pinned);
  emptiness();
}

function clear() {
  messages.clear();
  log.replaceChildren();
  blank.hidden = true;
  typing.hidden = true;
  earlier.hidden = true;
  awaited = null;
  unseen = 0;
  stuck = true;
  down.hidden = true;
  pin(null);
}

function ghosts() {
  blank.className = "blank ghosts";
  blank.replaceChildren(make("span", { class: "unseen" }, "Loading messages"), make("i"), make("i"), make("i"));
  blank.hidden = false;
}

function trouble(words, again, error) {
  blank.className = "blank";
  blank.replaceChildren(make("p", {}, words), make("p", { class: "small" }, error.message),
    make("button", { type: "button", class: "primary", onclick: again }, "Try again"));
  blank.hidden = false;
  announce(words);
}

function emptiness() {
  const one = person();
  if (!one || messages.size) { if (blank.dataset.kind === "empty") blank.hidden = true; blank.dataset.kind = ""; return; }
  blank.className = "blank";
  blank.dataset.kind = "empty";
  blank.replaceChildren(make("span", { class: `face large tone-${one.tone}`, "aria-hidden": "true" }, one.initials),
    make("p", {}, `${one.called} hasn't written yet. Press Start, as they would.`),
    make("button", { type: "button", class: "primary", onclick: () => outside.start() }, "Start"),
    description ? make("p", { class: "before", lang: languageOf(description, one.language) }, description) : "");
  blank.hidden = false;
}

// ---- news

export function take(news) {
  if (news.person !== state.here) return;
  if (early) { early.push(news); return; }
  if (news.kind === "message" || news.kind === "edit") upsert(news.message, { edit: news.kind === "edit" });
  if (news.kind === "delete") remove(news.id);
  if (news.kind === "pinned" || (news.kind === "edit" && news.message.id === pinnedId)) pin(news.message);
  if (news.kind === "typing") dots();
  if (news.kind === "typing" || news.kind === "answered" || (news.message && !news.message.mine)) read();
  if (news.kind === "answered") answered();
  if (news.kind === "toast") { answered(); toast(news.text, { own: person().language }); }
  if (news.kind === "sheet") { answered(); sheet(news.text, person().language); announce("", news.text, person().language); }
}

function upsert(one, { quiet = false, edit = false } = {}) {
  const known = messages.has(one.id);
  messages.set(one.id, one);
  const article = articleOf(one.id);
  if (known && article) { change(article, one); return; }
  if (edit) return;
  append(one, quiet);
}

function append(one, quiet) {
  const article = bubble(one, person(), acts);
  const next = [...log.querySelectorAll("article")].find((other) => Number(other.dataset.id) > one.id);
  log.insertBefore(article, next ? dayLineBefore(next) : null);
  dayLines(article);
  if (quiet) { article.setAttribute("aria-live", "off"); return; }
  emptiness();
  if (!one.mine) typing.hidden = true;
  article.classList.add("come");
  if (one.effect) article.classList.add("effect");
  setTimeout(() => article.setAttribute("aria-live", "off"), 1500);
  if (!log.contains(document.activeElement)) walk.settle();
  if (one.mine || stuck || performance.now() < asked) {
    asked = one.mine ? performance.now() + 4000 : 0;
    follow(article);
  }
  else { unseen += 1; showDown(); }
  takeOver(article);
  outside.shown(one);
}

function change(article, one) {
  const before = focusIn(article);
  const label = before && document.activeElement.textContent;
  const atEnd = stuck;
  if (dress(article, one, person(), acts)) {
    fade(article);
    const line = spoken(firstLine(one.text));
    announce("Message changed: ", line, person().language);
    outside.shown(one, true);
  } else if (before && label !== document.activeElement.textContent) {
    announce("Button changed: ", document.activeElement.textContent, person().language);
  }
  restore(article, before);
  if (!log.contains(document.activeElement)) walk.settle();
  if (atEnd) follow(log.lastElementChild);
}

// The bot has done something: what was written before has been read.
function read() {
  for (const one of messages.values()) {
    if (!one.mine || one.seen) continue;
    one.seen = true;
    dress(articleOf(one.id), one, person(), acts);
  }
}

function fade(article) {
  const box = article.querySelector(".bubble");
  box.classList.remove("fade");
  void box.offsetWidth;
  box.classList.add("fade");
}

function remove(id) {
  messages.delete(id);
  const article = articleOf(id);
  if (!article) return;
  const focused = article.contains(document.activeElement);
  article.remove();
  for (const line of log.querySelectorAll(".day")) if (!line.nextElementSibling?.matches("article")) line.remove();
  if (focused) outside.leave();
  walk.settle();
  emptiness();
}

// ---- focus after a tap: the same place in the new keyboard, or its first button

function focusIn(article) {
  const active = document.activeElement;
  const line = active?.closest?.(".keys-row");
  if (!line || !article.contains(active)) return null;
  return { row: [...line.parentElement.children].indexOf(line), column: [...line.children].indexOf(active) };
}

function restore(article, before) {
  if (!before || article.contains(document.activeElement)) return;
  const group = article.querySelector(".keyboard");
  const target = group?.children[before.row]?.children[before.column] ?? group?.querySelector("[data-stop]");
  if (target) target.focus({ preventScroll: true });
  else awaited = { until: performance.now() + 4000, article };
  if (!target) article.focus({ preventScroll: true });
}

// The keyboard that had focus is gone, and here comes the message that goes on.
function takeOver(article) {
  if (!awaited || performance.now() > awaited.until) return;
  const still = document.activeElement === document.body || document.activeElement === awaited.article;
  const target = article.querySelector(".keyboard [data-stop]");
  if (!target) return;
  awaited = null;
  if (still) target.focus({ preventScroll: true });
}

// ---- what a bubble may ask for

const acts = {
  press,
  picture: (one) => picture(one.photo.url, one.text, one.protected ? null : one.photo.name || "picture.png"),
  forward: (id) => outside.forward(id),
  edit: (id) => outside.edit(messages.get(id)),
  command: (text) => outside.say(text),
  copy: (text) => copy(text).then(() => toast("Copied")),
  link,
};

async function press(article, id, element, button) {
  if (button.kind === "copy") {
    await copy(button.copy);
    copied(element);
    announce("Copied");
    return;
  }
  if (button.kind === "link") { link(button.url); return; }
  if (button.kind !== "tap") { toast("This kind of button works in Telegram only."); return; }
  if (isDouble(element)) return;
  asked = performance.now() + 4000;
  wait(element);
  outside.tapped();
  try {
    await post("api/tap", { person: state.here, message: id, data: button.data });
  } catch (error) {
    calm(element);
    toast(error.message);
  }
}

function answered() {
  for (const element of log.querySelectorAll(".key.waiting")) calm(element);
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = make("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

async function link(url) {
  const start = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)[\w]+[?&]start=([\w-]+)/.exec(url);
  if (start) { outside.say(`/start ${start[1]}`); return; }
  if (/^(tel|mailto):/i.test(url)) { location.href = url; return; }
  if (!/^https?:/i.test(url)) { toast("This link works in Telegram only."); return; }
  const host = (() => { try { return new URL(url).host; } catch { return url; } })();
  const yes = await confirm({ title: `Open ${host}?`, words: "This address is outside the demo, on the internet.", keep: "Stay here", act: "Open" });
  if (yes) window.open(url, "_blank", "noopener,noreferrer");
}

// ---- day lines

function dayLineBefore(article) {
  const line = article.previousElementSibling;
  return line?.matches(".day") ? line : article;
}

function dayLines(article) {
  const zone = person().time_zone;
  const keyOf = (node) => node && dayKey(new Date(messages.get(Number(node.dataset.id)).at), zone);
  const previous = article.previousElementSibling;
  const before = previous?.matches("article") ? previous : null;
  const at = new Date(messages.get(Number(article.dataset.id)).at);
  const sameDay = before && keyOf(before) === dayKey(at, zone);
  if (!sameDay && !(previous?.matches(".day") && previous.dataset.day === dayKey(at, zone))) {
    log.insertBefore(make("div", { class: "day", "data-day": dayKey(at, zone) }, make("span", {}, day(at, zone, now()))), article);
  }
  toFollow(article, sameDay && before);
  const after = article.nextElementSibling;
  if (!after?.matches(".day") || after.dataset.day !== dayKey(at, zone)) return;
  toFollow(after.nextElementSibling, article);
  after.remove();
}

const toFollow = (article, before) =>
  article.classList.toggle("follows", Boolean(before) && before.classList.contains("mine") === article.classList.contains("mine"));

earlier.addEventListener("click", more);

async function more() {
  const oldest = Math.min(...messages.keys());
  earlier.disabled = true;
  try {
    const chat = await get(`api/chat/${state.here}?before=${oldest}`);
    const height = scroll.scrollHeight;
    [...chat.messages].reverse().forEach((one) => upsert(one, { quiet: true }));
    scroll.scrollTop += scroll.scrollHeight - height;
    earlier.hidden = !chat.more;
    if (earlier.hidden) log.querySelector("article").focus({ preventScroll: true });
    announce(plural(chat.messages.length, "earlier message", "earlier messages"));
    return chat.messages.length;
  } catch (error) {
    toast(error.message);
    return 0;
  } finally {
    earlier.disabled = false;
  }
}

// ---- the pinned card

function pin(one) {
  pinnedId = one?.id ?? null;
  pinned.hidden = !one;
  if (!one) return;
  pinnedText.textContent = firstLine(one.text) || "Picture";
  pinnedText.lang = languageOf(one.text, person()?.language ?? "en");
}

pinned.addEventListener("click", async () => {
  while (!articleOf(pinnedId) && !earlier.hidden && (await more())) { /* further back */ }
  const article = articleOf(pinnedId);
  if (!article) { toast("The pinned message is no longer there."); return; }
  article.scrollIntoView({ block: "center" });
  (article.querySelector(".keyboard [data-stop]") ?? article).focus({ preventScroll: true });
  article.classList.remove("flash");
  void article.offsetWidth;
  article.classList.add("flash");
});

// ---- typing, scrolling

function dots() {
  typing.hidden = false;
  if (stuck) toEnd();
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { typing.hidden = true; }, 5500);
}

export function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  stuck = true;
  unseen = 0;
  showDown();
}

// Goes to the end, but never past the first line of what has just come.
function follow(article) {
  const top = scroll.scrollTop + article.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 12;
  const end = scroll.scrollHeight - scroll.clientHeight;
  scroll.scrollTop = article.offsetHeight > scroll.clientHeight - 24 ? Math.min(top, end) : end;
}

function showDown() {
  down.hidden = stuck;
  down.setAttribute("aria-label", unseen ? `To ${plural(unseen, "new message", "new messages")}` : "To the newest messages");
  downText.textContent = unseen ? String(unseen) : "";
  downText.hidden = !unseen;
}

down.addEventListener("click", toEnd);

scroll.addEventListener("scroll", () => {
  stuck = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < 60;
  if (stuck) unseen = 0;
  showDown();
}, { passive: true });

// A phone's keyboard, a hint or a toast changes the height: who was at the end stays there.
new ResizeObserver(() => { if (stuck) scroll.scrollTop = scroll.scrollHeight; }).observe(scroll);
