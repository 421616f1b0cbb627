// How names, numbers, ages and times are written. Pure; as the NHS writes them on screens.

const LONDON = "Europe/London";
const hour = new Intl.DateTimeFormat("en-GB", { timeZone: LONDON, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: LONDON, weekday: "short", day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { timeZone: LONDON, day: "numeric", month: "short", year: "numeric" });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: LONDON });
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RECENT_DAYS = 200;

// "PATEL, Priya (Mrs)".
export function patientName(names) {
  const name = names?.find((one) => one.use === "official") ?? names?.[0];
  if (!name?.family && !name?.given) return name?.text ?? null;
  const family = (name.family ?? "").toLocaleUpperCase("en-GB");
  const given = (name.given ?? []).join(" ");
  const title = name.prefix?.[0] ? ` (${name.prefix[0]})` : "";
  return [family, given].filter(Boolean).join(", ") + title;
}

// "999 123 4567".
export function nhsNumber(digits) {
  return digits.length === 10 ? `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}` : digits;
}

// Whether the tenth digit is the check digit of the nine before it. Source: NHS Data Dictionary, NHS number, modulus 11.
export function isNhsNumber(digits) {
  if (!/^\d{10}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 9)].reduce((so, digit, at) => so + Number(digit) * (10 - at), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}

// "12-Mar-1948"; a date of which only year or month is known stays so.
export function birthDate(date) {
  const [year, month, dayOfMonth] = date.slice(0, 10).split("-");
  return [dayOfMonth, month && months[Number(month) - 1], year].filter(Boolean).join("-");
}

// "78y"; under two years in months, under four weeks in days; null where the date is not whole.
export function age(date, until) {
  const [year, month, dayOfMonth] = date.slice(0, 10).split("-").map(Number);
  if (!dayOfMonth) return null;
  const [nowYear, nowMonth, nowDay] = dayKey.format(until).split("-").map(Number);
  const inMonths = (nowYear - year) * 12 + nowMonth - month - (nowDay < dayOfMonth ? 1 : 0);
  const inDays = Math.floor((Date.UTC(nowYear, nowMonth - 1, nowDay) - Date.UTC(year, month - 1, dayOfMonth)) / 86_400_000);
  if (inDays < 0) return null;
  if (inDays < 28) return `${inDays}d`;
  return inMonths < 24 ? `${inMonths}m` : `${Math.floor(inMonths / 12)}y`;
}

// "10:41".
export function clock(at) {
  return hour.format(at);
}

// "10:41" today, "Tue 3 Mar 10:41" on another day, "3 Mar 2024 10:41" long ago or to come.
export function moment(at, now) {
  if (dayKey.format(at) === dayKey.format(now)) return hour.format(at);
  const isNear = at <= now && now - at < RECENT_DAYS * 86_400_000;
  return `${(isNear ? day : dayOfYear).format(at).replace(",", "")} ${hour.format(at)}`;
}

// "Today 10:41", for a time that stands alone.
export function told(at, now) {
  return dayKey.format(at) === dayKey.format(now) ? `Today ${hour.format(at)}` : moment(at, now);
}

export function plural(count, word, words = `${word}s`) {
  return `${count} ${count === 1 ? word : words}`;
}
