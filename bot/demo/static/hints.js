// Three hints for the first minute, each once, each closable.

import { ICONS, icon, make } from "./make.js";
import { person, remember, remembered, state } from "./state.js";

const box = document.getElementById("hint");
let current = null;
let first = null;
let to = {};

const given = new Set(remembered("hints", "").split(" ").filter(Boolean));

export function connect(opensOn, ways) {
  first = opensOn;
  to = ways;
  if (!given.has("start")) give("start");
}

function words(name) {
  const one = person(first);
  const manager = person(one?.manager_id);
  if (name === "start" && one.role === "Somebody new") return ["Nobody is taken in yet. The terminal shows how; an invitation is pasted here."];
  if (name === "start") return [`You are ${one.called}. Tap Start; nothing leaves this computer.`];
  if (name === "day") return ["Press +1 day and watch.", to.narrow() && go("Open the clock", () => to.clock())].filter(Boolean);
  return manager ? [`${one.called}'s answer is in the team figures.`, go(`Now be ${manager.called}`, () => { close(); to.go(manager.id, true); })] : null;
}

const go = (label, run) => make("button", { type: "button", class: "go", onclick: run }, label);

function give(name) {
  const said = !given.has(name) && person(first) && words(name);
  if (!said) return;
  given.add(name);
  remember("hints", [...given].join(" "));
  current = name;
  box.replaceChildren(make("p", {}, ...said),
    make("button", { type: "button", class: "icon small", "aria-label": "Close the hint", onclick: close }, icon(...ICONS.close)));
  draw();
}

function close() {
  current = null;
  draw();
}

export function draw() {
  box.hidden = !current || (current === "start" && state.here !== first);
}

// The first tap has been made: the first hint has done its work.
export function tapped() {
  if (current === "start" && state.here === first) close();
}

// A verdict stands under an answer: ✅ and 🔁 open it in every language.
export function shown(message) {
  if (state.here === first && !message.mine && /^(✅|🔁)/u.test(message.text) && !current && !given.has("day")) give("day");
}

export function jumped() {
  if (current === "day") close();
  if (given.has("day")) give("manager");
}
