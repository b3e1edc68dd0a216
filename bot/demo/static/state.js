// What the page knows, in one place: the people, the clock, and who is on screen.

export const state = {
  boot: null,
  people: [],
  zone: "UTC",
  here: null,
  clock: { now: new Date(0), next: null, running: false, readAt: 0 },
};

export const person = (id = state.here) => state.people.find((one) => one.id === id);

export const zoneOf = (one) => one?.time_zone || state.zone;

// The simulated instant now; between the server's notes a running clock goes on by itself.
export function now() {
  const { now: at, running, readAt } = state.clock;
  return running ? new Date(at.getTime() + (performance.now() - readAt)) : at;
}

export function takeClock(clock) {
  state.clock = {
    now: new Date(clock.now),
    next: clock.next ? new Date(clock.next) : null,
    running: clock.running,
    readAt: performance.now(),
  };
}

export function takePeople(people) {
  state.people = people.map((one) => ({ ...one, last: one.last && { ...one.last, at: new Date(one.last.at) } }));
}

const PREFIX = "fraudwise.";

export const remembered = (name, otherwise = null) => {
  try { return localStorage.getItem(PREFIX + name) ?? otherwise; } catch { return otherwise; }
};

export const remember = (name, value) => {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch { /* a browser without storage forgets, nothing else breaks */ }
};
