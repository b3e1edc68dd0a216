// Walking the log by arrow keys: Tab stops once in the log, arrows go on from there.
// A row is a row of a keyboard, or one stop of a bubble (a file, a link, its “Forward”).

const log = document.getElementById("log");
let leave = () => {};

export const onLeave = (act) => { leave = act; };

const shown = (element) => element.getClientRects().length > 0 && !element.disabled;

function rows() {
  const all = [];
  for (const stop of log.querySelectorAll("[data-stop]")) {
    if (!shown(stop)) continue;
    const row = stop.closest("[data-row]");
    const last = all.at(-1);
    if (row && last?.row === row) last.stops.push(stop);
    else all.push({ row, stops: [stop] });
  }
  return all;
}

// The one place in the log that Tab reaches: what was last used there, else the newest keyboard.
export function settle(focused = null) {
  const current = focused ?? newest();
  for (const stop of log.querySelectorAll('[data-stop][tabindex="0"]')) stop.tabIndex = -1;
  if (current) current.tabIndex = 0;
}

export function newest() {
  const keyboards = log.querySelectorAll("[data-keyboard]");
  return keyboards[keyboards.length - 1]?.querySelector("[data-stop]") ?? null;
}

// From an empty composer: the last row of the newest keyboard is nearest, its first button the goal.
export function enter() {
  const target = newest() ?? rows().at(-1)?.stops[0];
  if (!target) return false;
  reach(target);
  return true;
}

function reach(target) {
  settle(target);
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

log.addEventListener("focusin", (event) => {
  const stop = event.target.closest("[data-stop]");
  if (stop) settle(stop);
});

log.addEventListener("keydown", (event) => {
  const stop = event.target.closest?.("[data-stop]");
  if (event.key === "Escape") { event.preventDefault(); leave(); return; }
  if (!stop) return;
  if ((event.key === "Enter" || event.key === " ") && stop.getAttribute("role") === "button") {
    event.preventDefault();
    stop.click();
    return;
  }
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: "first", End: "last" };
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const all = rows();
  const row = all.findIndex((one) => one.stops.includes(stop));
  const column = all[row].stops.indexOf(stop);
  if (step === "first") return reach(all[row].stops[0]);
  if (step === "last") return reach(all[row].stops.at(-1));
  const [down, right] = step;
  if (right) {
    const next = all[row].stops[column + right];
    if (next) reach(next);
    return;
  }
  const target = all[row + down];
  if (target) reach(target.stops[Math.min(column, target.stops.length - 1)]);
  else if (down > 0) leave();
});
