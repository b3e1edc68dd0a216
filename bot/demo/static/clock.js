// The side: the clock one can move, who this person is, what Telegram saw, and this page's switches.

import { post } from "./api.js";
import * as dialogs from "./dialogs.js";
import { make } from "./make.js";
import { announce, toast } from "./notices.js";
import { now, person, remember, remembered, state, takeClock, zoneOf } from "./state.js";
import { LANGUAGES, day, hour, languageOf, place, plural, soon } from "./wording.js";

const side = document.getElementById("side");
const chip = document.getElementById("clockchip");
const chipTime = document.getElementById("chip-time");
const box = document.getElementById("sidebox");
const ROOMY = matchMedia("(min-width: 1200px)");
const KEPT = 120;

let ways = { jumped: () => {}, blocked: () => {} };
let calls = [];
let sheet = null;
let jumping = false;
let introduced = null;

const face = {
  day: make("p", { class: "bigday" }),
  hour: make("p", { class: "bighour" }),
  where: make("p", { class: "small" }),
  after: make("p", { class: "after", hidden: true }),
  next: make("span", { class: "small" }),
};
const buttons = {
  next: make("button", { type: "button", class: "move wide", onclick: () => jump({ next: true }) }, make("span", {}, "Next delivery"), face.next),
  hour: make("button", { type: "button", class: "move", onclick: () => jump({ by: 3600 }) }, "+1 hour"),
  day: make("button", { type: "button", class: "move", onclick: () => jump({ by: 86400 }) }, "+1 day"),
  real: make("button", { type: "button", class: "move wide", "aria-pressed": "false", onclick: realTime }, "Real time"),
};
const about = make("section", { class: "about", "aria-labelledby": "about-title" });
const list = make("ol", { class: "calls" });
const total = make("span", { class: "small" });
const theme = make("div", { class: "themes", role: "group", "aria-label": "Colours" });

export const isBeside = () => ROOMY.matches;

export function connect(given) {
  ways = given;
  box.append(
    make("section", { class: "clock", "aria-labelledby": "clock-title" },
      make("h2", { id: "clock-title" }, "Clock"), face.day, face.hour, face.where,
      make("div", { class: "moves" }, buttons.next, buttons.hour, buttons.day, buttons.real), face.after),
    about,
    make("details", { class: "saw" }, make("summary", {}, make("span", {}, "What Telegram saw"), total), list),
    make("section", { class: "pageset", "aria-labelledby": "pageset-title" },
      make("h2", { id: "pageset-title" }, "This page"), theme,
      make("button", { type: "button", class: "plain", onclick: showKeys }, "Keys", make("kbd", { "aria-hidden": "true" }, "?"))));
  drawTheme();
  settle();
  ROOMY.addEventListener("change", settle);
  chip.addEventListener("click", openSheet);
  setInterval(tick, 1000);
}

function settle() {
  sheet?.close();
  side.append(box);
  side.hidden = !ROOMY.matches;
}

export async function openSheet() {
  if (ROOMY.matches) { buttons.next.focus(); return; }
  sheet = make("dialog", { class: "bottom", "aria-label": "Clock" }, make("div", { class: "grip", "aria-hidden": "true" }), box,
    make("form", { method: "dialog", class: "row" }, make("button", { class: "primary" }, "Back to the chat")));
  await dialogs.open(sheet);
  sheet = null;
  side.append(box);
}

export function draw() {
  const at = now();
  const zone = state.zone;
  face.day.textContent = day(at, zone);
  face.hour.textContent = hour(at, zone);
  face.where.textContent = `${place(zone)} time${state.clock.running ? ", running" : ", standing still"}`;
  face.next.textContent = state.clock.next ? soon(state.clock.next, zone, at) : "nothing planned";
  buttons.next.setAttribute("aria-disabled", String(!state.clock.next));
  buttons.real.setAttribute("aria-pressed", String(state.clock.running));
  buttons.real.textContent = state.clock.running ? "Real time is on" : "Real time";
  chipTime.textContent = `${day(at, zone).slice(0, 3)} ${hour(at, zone)}`;
  chip.setAttribute("aria-label", `Clock: ${day(at, zone)}, ${hour(at, zone)}`);
  const local = about.querySelector(".local");
  if (local && person()) local.textContent = localTime(person(), at);
}

function tick() {
  if (state.clock.running && hour(now(), state.zone) !== face.hour.textContent) draw();
}

const localTime = (one, at) => `${place(zoneOf(one))}, ${hour(at, zoneOf(one))} there`;

export async function jump(wish) {
  if (jumping || (wish.next && !state.clock.next)) return;
  jumping = true;
  box.classList.add("jumping");
  announce("The clock moves");
  try {
    const answer = await post("api/move", wish);
    takeClock(answer.clock);
    draw();
    say(after(answer.sent_total, answer.sent_to[state.here] ?? 0));
    ways.jumped(answer);
  } catch (error) {
    say(`The clock could not be moved: ${error.message}`);
  } finally {
    jumping = false;
    box.classList.remove("jumping");
  }
}

// “3 messages went out, 1 to you.”
function after(all, you) {
  if (!all) return "Nothing was due.";
  return `${plural(all, "message", "messages")} went out, ${you || "none"} to you.`;
}

function say(words) {
  face.after.textContent = words;
  face.after.hidden = false;
  announce(words);
  if (!ROOMY.matches && !sheet) toast(words, { silent: true });
}

async function realTime() {
  try {
    const { clock } = await post("api/real-time", { on: !state.clock.running });
    takeClock(clock);
    draw();
    say(state.clock.running ? "The clock runs at its real pace." : "The clock stands still again.");
  } catch (error) {
    say(error.message);
  }
}

// ---- who this person is

export function introduce(one, blocked) {
  // “1 to you” was said to somebody else.
  if (introduced !== one.id) face.after.hidden = true;
  introduced = one.id;
  about.replaceChildren(
    make("h2", { id: "about-title" }, "Who this is"),
    make("p", { class: "fullname", lang: languageOf(one.name, one.language) }, one.name),
    make("p", { class: "small role" }, one.role),
    make("p", { class: "tale" }, one.about),
    make("dl", { class: "facts" },
      make("div", {}, make("dt", {}, "Reads"), make("dd", { class: "reads", lang: one.language }, LANGUAGES[one.language] ?? one.language)),
      make("div", {}, make("dt", {}, "Where"), make("dd", { class: "local" }, localTime(one, now())))),
    make("button", { type: "button", class: "plain", onclick: () => block(one, !blocked) }, blocked ? "Unblock the bot" : "Block the bot"));
}

// Somebody has changed their language or their place, or was taken in by an invitation.
export function level() {
  const reads = about.querySelector(".reads");
  const one = person();
  if (!one || !reads) return;
  reads.textContent = LANGUAGES[one.language] ?? one.language;
  reads.lang = one.language;
  about.querySelector(".role").textContent = one.role;
  about.querySelector(".tale").textContent = one.about;
  draw();
}

export async function block(one, wanted) {
  try {
    await post("api/block", { person: one.id, blocked: wanted });
    one.blocked = wanted;
    introduce(one, wanted);
    if (about.contains(document.activeElement) || document.activeElement === document.body) about.querySelector("button").focus();
    ways.blocked(one);
    say(wanted ? `${one.called} has blocked the bot; nothing reaches them now.` : `${one.called} can hear from the bot again.`);
  } catch (error) {
    say(error.message);
  }
}

// ---- what Telegram saw

export function takeCalls(ledger) {
  calls = ledger;
  list.replaceChildren(...calls.map(line).reverse());
  total.textContent = plural(calls.length, "call", "calls");
}

export function takeCall(call) {
  if (call.person !== state.here) return;
  calls = [...calls.slice(-(KEPT - 1)), call];
  list.prepend(line(call));
  while (list.children.length > KEPT) list.lastElementChild.remove();
  total.textContent = plural(calls.length, "call", "calls");
}

function line(call) {
  return make("li", {}, make("details", {},
    make("summary", {}, make("code", {}, call.method),
      make("span", { class: call.ok ? "ok" : "refused" }, String(call.status)),
      make("time", { class: "small" }, hour(new Date(call.at), state.zone))),
    call.description ? make("p", { class: "refused" }, call.description) : null,
    make("pre", { tabindex: "0" }, JSON.stringify(call.params, null, 1))));
}

// ---- this page

function drawTheme() {
  const chosen = document.documentElement.dataset.theme ?? "system";
  theme.replaceChildren(...[["system", "System"], ["light", "Light"], ["dark", "Dark"]].map(([name, label]) =>
    make("button", { type: "button", "aria-pressed": String(name === chosen), "data-name": name, onclick: () => setTheme(name) }, label)));
}

function setTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  remember("theme", name === "system" ? null : name);
  for (const button of theme.children) button.setAttribute("aria-pressed", String(button.dataset.name === name));
}

export const lettersOn = () => remembered("letters", "on") === "on";

export function showKeys() {
  return dialogs.keys(lettersOn(), (on) => remember("letters", on ? "on" : "off"));
}
