// How names, numbers, ages and times are written. Pure; as the NHS writes them on screens.

const LONDON = "Europe/London";
const order = new Intl.Collator("en-GB", { numeric: true });
const hour = new Intl.DateTimeFormat("en-GB", { timeZone: LONDON, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: LONDON, weekday: "short", day: "numeric", month: "short" });
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: LONDON });
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// By bed, A2 before A10; those without a bed at the end; then by name.
export function byBed(one, other) {
  if ((one.bed === null) !== (other.bed === null)) return one.bed === null ? 1 : -1;
  return order.compare(one.bed ?? "", other.bed ?? "") || order.compare(one.name ?? "", other.name ?? "");
}

// "PATEL, Priya (Mrs)".
export function patientName(names) {
  const name = names?.find((one) => one.use === "official") ?? names?.[0];
  if (!name?.family && !name?.given) return null;
  const family = (name.family ?? "").toLocaleUpperCase("en-GB");
  const given = name.given?.[0] ?? "";
  const title = name.prefix?.[0] ? ` (${name.prefix[0]})` : "";
  return [family, given].filter(Boolean).join(", ") + title;
}

// "Dr Jaya Mistry".
export function consultantName(names) {
  const name = names?.[0];
  if (!name) return null;
  return [name.prefix?.[0], name.given?.[0], name.family].filter(Boolean).join(" ") || name.text || null;
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

// "12-Mar-1948"; a birth date of which only year or month is known stays so.
export function birthDate(date) {
  const [year, month, dayOfMonth] = date.slice(0, 10).split("-");
  return [dayOfMonth, month && months[Number(month) - 1], year].filter(Boolean).join("-");
}

// "78y"; under two years in months, under four weeks in days; null where the date is not whole.
export function age(date, now) {
  const [year, month, dayOfMonth] = date.slice(0, 10).split("-").map(Number);
  if (!dayOfMonth) return null;
  const [nowYear, nowMonth, nowDay] = dayKey.format(now).split("-").map(Number);
  const inMonths = (nowYear - year) * 12 + nowMonth - month - (nowDay < dayOfMonth ? 1 : 0);
  const inDays = Math.floor((Date.UTC(nowYear, nowMonth - 1, nowDay) - Date.UTC(year, month - 1, dayOfMonth)) / 86_400_000);
  if (inDays < 28) return `${inDays}d`;
  return inMonths < 24 ? `${inMonths}m` : `${Math.floor(inMonths / 12)}y`;
}

// "10:41".
export function clock(at) {
  return hour.format(at);
}

// "10:41" today, "Tue 3 Mar 10:41" on another day.
export function moment(at, now) {
  return isSameDay(at, now) ? hour.format(at) : `${day.format(at).replace(",", "")} ${hour.format(at)}`;
}

// "25 minutes", "3 hours", "2 days": how long, roughly, from then to now.
export function howLong(at, now) {
  const minutes = Math.max(0, Math.floor((now - at) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return plural(minutes, "minute");
  return minutes < 48 * 60 ? plural(Math.floor(minutes / 60), "hour") : plural(Math.floor(minutes / 1440), "day");
}

export function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function isSameDay(at, now) {
  return dayKey.format(at) === dayKey.format(now);
}
