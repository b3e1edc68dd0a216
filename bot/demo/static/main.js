// Puts the page together: who is on screen, what comes in, and where it goes.

import { get, listen, post } from "./api.js";
import * as chat from "./chat.js";
import * as clock from "./clock.js";
import * as composer from "./composer.js";
import * as hints from "./hints.js";
import { announce, toast } from "./notices.js";
import * as people from "./people.js";
import * as shortcuts from "./shortcuts.js";
import { person, state, takeClock, takePeople } from "./state.js";
import * as walk from "./walk.js";
import { languageOf } from "./wording.js";

const page = document.getElementById("page");
const main = document.getElementById("main");
const offline = document.getElementById("offline");
const NARROW = matchMedia("(max-width: 767.98px)");
const FINE = matchMedia("(hover: hover) and (pointer: fine)");
const byId = (id) => document.getElementById(id);

async function start() {
  const hello = await get("api/people");
  takeAll(hello);
  people.connect(go);
  clock.connect({
    jumped: () => { hints.jumped(); people.draw(); },
    blocked: composer.setBlocked,
  });
  chat.connect({
    edit: composer.edit, forward, say: composer.say, start: begin, leave: composer.focus,
    tapped: hints.tapped, shown: hints.shown, opened: (id) => show(id),
  });
  walk.onLeave(composer.focus);
  shortcuts.connect({ toPeople });
  clock.draw();
  people.draw();
  const opening = state.people[0]?.id;
  hints.connect(opening, { go, clock: clock.openSheet, narrow: () => !clock.isBeside() });
  byId("back").addEventListener("click", backToPeople);
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  if (!idInAddress() && opening) history.replaceState(null, "", `#${opening}`);
  const listening = listen({ onNews, onLost, onBack });
  await follow();
  await listening;
  await chat.level(); // whatever came between the first look and the first news
  page.classList.add("ready");
}

function takeAll(hello) {
  state.boot = hello.boot;
  state.zone = hello.zone;
  takePeople(hello.people);
  takeClock(hello.clock);
}

// ---- where one is

const idInAddress = () => Number(location.hash.slice(1)) || null;

function go(id, byHand = false) {
  state.byHand = byHand;
  if (idInAddress() === id) show(id);
  else location.hash = String(id);
}

async function follow() {
  const id = idInAddress();
  if (id && person(id)) {
    if (id !== state.here) await show(id);
    return;
  }
  if (NARROW.matches) {
    state.here = null;
    page.dataset.view = "people";
    people.draw();
  } else if (state.people[0]) {
    history.replaceState(null, "", `#${state.people[0].id}`);
    await show(state.people[0].id);
  }
}

async function show(id) {
  const one = person(id);
  const byHand = state.byHand;
  state.byHand = false;
  state.here = id;
  page.dataset.view = "chat";
  main.setAttribute("aria-label", `Chat with Fraudwise as ${one.called}`);
  byId("top-face").replaceWith(Object.assign(people.face(one), { id: "top-face" }));
  byId("top-name").textContent = one.name;
  byId("top-name").lang = languageOf(one.name, one.language);
  byId("top-role").textContent = one.role;
  composer.show(id, [], one.language);
  composer.setBlocked(one);
  clock.introduce(one, one.blocked);
  clock.draw();
  people.draw();
  people.bringIntoView(id);
  hints.draw();
  if (byHand && (FINE.matches || !NARROW.matches)) composer.focus();
  const opened = await chat.open(id);
  if (!opened || state.here !== id) return;
  one.blocked = opened.blocked;
  clock.introduce(one, opened.blocked);
  composer.setBlocked(one);
  clock.takeCalls(opened.calls);
  composer.takeMenu(opened.commands, one.language);
  people.seen(id);
  announce(`You are ${one.called} now`);
}

function backToPeople() {
  const left = state.here;
  leaveChat();
  people.toRow(left);
}

function toPeople() {
  if (NARROW.matches) leaveChat();
  people.toList();
}

// On a phone the list takes the place of the chat, and “back” comes to the chat again.
function leaveChat() {
  history.pushState(null, "", "#");
  follow();
}

const begin = () => composer.say(person().start).then(() => { hints.tapped(); composer.focus(); });

async function forward(message) {
  const from = state.here;
  const to = await people.pick("Who forwards it to Fraudwise?", null);
  if (to === null) return;
  try {
    await post("api/forward", { person: to, from, message });
    toast(to === from ? "Forwarded." : `Forwarded by ${person(to).called}.`, to === from ? {} : { action: { label: "Go there", run: () => go(to, true) } });
  } catch (error) {
    toast(error.message);
  }
}

// ---- what comes in

function onNews(kind, news) {
  if (kind === "clock") { takeClock(news.clock); clock.draw(); return; }
  if (kind === "people") { takePeople(news.people); people.draw(); clock.level(); return; }
  if (kind === "call") { clock.takeCall(news.call); return; }
  if (kind === "menu") { if (news.person === state.here) composer.takeMenu(news.commands, person().language); return; }
  chat.take(news);
  if (news.last !== undefined) people.take(news);
}

function onLost() {
  offline.hidden = false;
  announce("The demo has stopped. The chat is kept.");
}

async function onBack(hello, wasLost) {
  offline.hidden = true;
  if (!wasLost && hello.boot === state.boot) return;
  if (hello.boot !== state.boot) { location.reload(); return; }
  announce("The demo is back");
  takeAll(await get("api/people"));
  people.draw();
  clock.draw();
  await chat.level();
}

document.addEventListener("visibilitychange", () => { if (!document.hidden && state.here) people.seen(state.here); });
byId("skip").addEventListener("click", (event) => { event.preventDefault(); composer.focus(); });
NARROW.addEventListener("change", () => { if (!state.here) follow(); });

start().catch((error) => {
  page.classList.add("ready");
  page.dataset.view = "chat";
  byId("blank").replaceChildren(`The page could not be loaded. ${error.message} Reload it once the demo runs again.`);
  byId("blank").hidden = false;
  offline.hidden = false;
});
