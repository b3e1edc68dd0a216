// Files on their way: picked, dropped or pasted, shown as chips until they are sent.

import { ICONS, icon, make } from "./make.js";
import { toast } from "./notices.js";
import { size } from "./wording.js";

const MOST = 25 * 1024 * 1024;
const chips = document.getElementById("chips");
const main = document.getElementById("main");
const dropzone = document.getElementById("dropzone");
let waiting = [];
let changed = () => {};

export const onChange = (act) => { changed = act; };
export const all = () => waiting;

// What is picked, on its way now; what could not go is given back.
export function take() {
  const taken = waiting;
  waiting = [];
  draw();
  return taken;
}

export function giveBack(files) {
  waiting = [...files, ...waiting];
  draw();
}

export function clear(sent = waiting) {
  waiting = waiting.filter((one) => !sent.includes(one));
  draw();
}

export function add(files, asPhoto) {
  for (const file of files) {
    if (file.size > MOST) {
      toast(`“${file.name}” has ${size(file.size)}; the demo takes up to 25 MB.`);
      continue;
    }
    if (!file.size) { toast(`“${file.name}” is empty.`); continue; }
    waiting.push({ file, photo: asPhoto && /^image\/(png|jpeg|webp|gif)$/.test(file.type) });
  }
  draw();
}

function draw() {
  chips.replaceChildren(...waiting.map((one) => make("li", { class: "chip" },
    icon(...(one.photo ? ICONS.photo : ICONS.file)),
    make("span", { class: "name" }, one.file.name),
    make("span", { class: "small" }, size(one.file.size)),
    make("button", { type: "button", class: "icon small", "aria-label": `Remove ${one.file.name}`,
      onclick: () => { clear([one]); document.getElementById("draft").focus(); } }, icon(...ICONS.close)))));
  chips.hidden = !waiting.length;
  changed();
}

for (const [id, photo] of [["pick-file", false], ["pick-photo", true]]) {
  const input = document.getElementById(id);
  input.addEventListener("change", () => { add([...input.files], photo); input.value = ""; });
}

document.getElementById("draft").addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  if (!files.length) return;
  event.preventDefault();
  add(files, true);
});

let inside = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
main.addEventListener("dragenter", (event) => { if (carriesFiles(event)) { inside += 1; dropzone.hidden = false; } });
main.addEventListener("dragleave", () => { inside = Math.max(0, inside - 1); if (!inside) dropzone.hidden = true; });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  inside = 0;
  dropzone.hidden = true;
  if (main.contains(event.target) && carriesFiles(event)) add([...event.dataTransfer.files], true);
});
