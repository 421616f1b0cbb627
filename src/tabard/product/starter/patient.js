// From a Patient to the words of the banner. Pure.

const NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function bannerOf(patient) {
  const numbers = (patient.identifier ?? []).filter((one) => one.value);
  const nhs = numbers.find((one) => one.system === NHS_NUMBER)?.value;
  const other = numbers.find((one) => one.system !== NHS_NUMBER)?.value;
  return {
    name: nameOf(patient.name) ?? "Name cannot be read",
    born: patient.birthDate ? dateOf(patient.birthDate) : "Not known",
    nhs: nhs ? `${grouped(nhs)}${isNhsNumber(nhs) ? "" : " – Not valid"}` : "Not known",
    other: other ?? "Not known",
  };
}

// "PATEL, Priya (Mrs)".
function nameOf(names) {
  const name = names?.find((one) => one.use === "official") ?? names?.[0];
  if (!name?.family && !name?.given) return name?.text ?? null;
  const told = [(name.family ?? "").toLocaleUpperCase("en-GB"), (name.given ?? []).join(" ")].filter(Boolean).join(", ");
  return name.prefix?.[0] ? `${told} (${name.prefix[0]})` : told;
}

// "12-Mar-1948".
function dateOf(date) {
  const [year, month, day] = date.slice(0, 10).split("-");
  return [day, month && MONTHS[Number(month) - 1], year].filter(Boolean).join("-");
}

function grouped(digits) {
  return digits.length === 10 ? `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}` : digits;
}

// Whether the tenth digit is the check digit of the nine before it. Source: NHS Data Dictionary, NHS number, modulus 11.
function isNhsNumber(digits) {
  if (!/^\d{10}$/.test(digits)) return false;
  const sum = [...digits.slice(0, 9)].reduce((so, digit, at) => so + Number(digit) * (10 - at), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}
