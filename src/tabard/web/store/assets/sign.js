// Signing a decision in the browser: the key file is read by this page alone, and only the signature leaves it.

const form = document.querySelector(".tabard-sign");
const told = form.querySelector("[role=alert]");
const kinds = [{ name: "Ed25519" }, { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }];

form.hidden = !globalThis.crypto?.subtle;
form.addEventListener("submit", async (event) => {
  if (form.elements.signature.value) return;
  event.preventDefault();
  told.hidden = true;
  try {
    form.elements.signature.value = base64(await signed(await keyOf(form.querySelector("#key").files[0])));
    form.submit();
  } catch (fault) {
    told.textContent = fault instanceof Told ? fault.message : "This key could not be used here. Use the command above.";
    told.hidden = false;
  }
});

class Told extends Error {}

// The private key of a PKCS#8 PEM file, of one of the kinds that the store accepts.
async function keyOf(file) {
  if (!file) throw new Told("Choose your key first.");
  const text = await file.text();
  const body = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(text);
  if (!body) {
    throw new Told(/ENCRYPTED/.test(text) ? "This key has a passphrase. Use the command above." : "This is no private key (PEM, PKCS#8).");
  }
  const der = Uint8Array.from(atob(body[1].replaceAll(/\s/g, "")), (one) => one.charCodeAt(0));
  for (const kind of kinds) {
    const key = await crypto.subtle.importKey("pkcs8", der, kind, false, ["sign"]).catch(() => null);
    if (key) return { key, kind };
  }
  throw new Told("This kind of key cannot be used here: Ed25519 or ECDSA P-256 is wanted.");
}

async function signed({ key, kind }) {
  const message = Uint8Array.from(atob(form.dataset.toSign), (one) => one.charCodeAt(0));
  const signature = new Uint8Array(await crypto.subtle.sign(kind, key, message));
  return kind.name === "ECDSA" ? der(signature) : signature;
}

// An ECDSA signature as ASN.1 DER, which envelopes hold; browsers give the two numbers side by side.
function der(raw) {
  const half = raw.length / 2;
  const body = [...number(raw.slice(0, half)), ...number(raw.slice(half))];
  return Uint8Array.from([0x30, body.length, ...body]);
}

function number(bytes) {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
  const value = [...bytes.slice(at)];
  if (value[0] & 0x80) value.unshift(0);
  return [0x02, value.length, ...value];
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}
