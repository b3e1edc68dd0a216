// Days, hours, sizes and languages as people say them. The page itself speaks English.

const cached = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!cached.has(key)) cached.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return cached.get(key);
}

export const hour = (at, zone) =>
  format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);

export const weekday = (at, zone) => format(zone, { weekday: "long" }).format(at);

// “Monday 9 March”; the year only when it is not that of `now`.
export function day(at, zone, now) {
  const options = { weekday: "long", day: "numeric", month: "long" };
  if (now && year(at, zone) !== year(now, zone)) options.year = "numeric";
  return format(zone, options).format(at).replace(",", "");
}

const year = (at, zone) => format(zone, { year: "numeric" }).format(at);

export const dayKey = (at, zone) =>
  format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);

// For a list: today the hour, this week the weekday, before that the day.
export function brief(at, zone, now) {
  if (dayKey(at, zone) === dayKey(now, zone)) return hour(at, zone);
  const days = (now - at) / 86400000;
  if (days >= 0 && days < 6) return format(zone, { weekday: "short" }).format(at);
  return format(zone, { day: "numeric", month: "short" }).format(at);
}

// “today, 16:00”, “tomorrow, 09:00”, “Friday, 09:00”, “Monday 16 March, 09:00”
export function soon(at, zone, now) {
  const time = hour(at, zone);
  if (dayKey(at, zone) === dayKey(now, zone)) return `today, ${time}`;
  if (dayKey(at, zone) === dayKey(new Date(now.getTime() + 86400000), zone)) return `tomorrow, ${time}`;
  if (at - now < 6 * 86400000) return `${weekday(at, zone)}, ${time}`;
  return `${day(at, zone, now)}, ${time}`;
}

// “Singapore”, “Ho Chi Minh”: the place in a zone's name.
export const place = (zone) => (zone.includes("/") ? zone.split("/").pop().replaceAll("_", " ") : zone);

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1000000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  const mega = bytes / 1000000;
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} MB`;
}

export const LANGUAGES = { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文" };
export const SHORT = { en: "EN", "zh-Hans": "简", "zh-Hant": "繁" };

const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z]/;
const HANT_ONLY = /[們個說學會時點錢對開關發為來過還沒與從麼題課這請銀號後讓應該帳戶訊習經機電話設報無現實際選擇檔復練頁體務於員單類貸騙險費轉匯資詐標準確認錯導閉隊級續結繼約鐘週領獎貼動邊給嗎聽見覺誰別兩]/g;
const HANS_ONLY = /[们个说学会时点钱对开关发为来过还没与从么题课这请银号后让应该账户讯习经机电话设报无现实际选择档复练页体务于员单类贷骗险费转汇资诈标准确认错导闭队级续结继约钟领奖贴动边给吗听见觉谁别两]/g;

// The language a text is written in, so that voices and glyphs are right also after somebody
// has changed theirs; texts that could be either are taken as the person's own.
export function languageOf(text, own) {
  if (!HAN.test(text)) return LATIN.test(text) ? "en" : own;
  const hant = text.match(HANT_ONLY)?.length ?? 0;
  const hans = text.match(HANS_ONLY)?.length ?? 0;
  if (hant !== hans) return hant > hans ? "zh-Hant" : "zh-Hans";
  return own === "zh-Hant" ? "zh-Hant" : "zh-Hans";
}

// “2/4” read aloud is a fraction; “2 of 4” is a place.
export const spoken = (line) => line.replace(/(\d+)\/(\d+)/g, "$1 of $2");

export const firstLine = (text) => text.trim().split("\n", 1)[0];

export const plural = (count, one, many) => (count === 1 ? `1 ${one}` : `${count} ${many}`);
