// Talks to the demo's own server: small JSON questions, and one stream of news.

export class Refused extends Error {}

async function read(response) {
  let answer = {};
  try { answer = await response.json(); } catch { answer = {}; }
  if (!response.ok) throw new Refused(answer.error || `The demo answered with ${response.status}.`);
  return answer;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused("The demo doesn't answer. What you wrote is still here.");
  }
  return read(response);
}

export const get = (path) => ask(path, { headers: { "X-Fraudwise": "page" } });

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "X-Fraudwise": "page", "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });

export function upload(person, file, { photo, caption }) {
  const query = new URLSearchParams({ person, name: file.name, mime: file.type || "application/octet-stream", caption });
  if (photo) query.set("photo", "1");
  return ask(`api/file?${query}`, { method: "POST", headers: { "X-Fraudwise": "page" }, body: file });
}

// Calls `onNews(kind, news)` for each piece of news, and says when the line is lost and found.
export function listen({ onNews, onLost, onBack }) {
  let lost = false;
  let source;
  let heard;
  const first = new Promise((resolve) => { heard = resolve; });
  const open = () => {
    source = new EventSource("api/events");
    source.onmessage = (event) => {
      const news = JSON.parse(event.data);
      if (news.kind === "hello") {
        onBack(news, lost);
        lost = false;
        heard();
      } else {
        onNews(news.kind, news);
      }
    };
    source.onerror = () => {
      source.close();
      if (!lost) onLost();
      lost = true;
      setTimeout(open, 1500);
    };
  };
  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  return first; // resolves once news come: what happened before has to be asked for
}
