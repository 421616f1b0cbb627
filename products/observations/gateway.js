// Asking the hospital's gateway: whole answers or none, how fresh they are, and numbers digit for digit.

import { answerWithin, mostPages } from "./settings.js";

const IN_DOUBT = 409;

// Why there is no answer: "doubt" (whose results these are is not sure), "ended" (the session is over), "refused" (not
// allowed), "gone" (not there), "unreadable" or "unreachable" (try again). `words` are the hospital's own, where it gave some.
export class NoAnswer extends Error {
  constructor(why, words = "") {
    super(why);
    this.why = why;
    this.words = words;
  }
}

// One resource, and the Tabard-Feed header of its answer.
export async function read(client, path) {
  const { body, feed } = await ask(client, `${base(client)}/${path}`);
  return { resource: body, feed };
}

// All resources of one type that a search finds, page after page, each once; what the hospital says of the answer besides,
// by its words with their code; and the Tabard-Feed headers of all pages. The same one may come on two pages: the later is
// kept. Pages that have no end are no answer.
export async function search(client, path, type) {
  const found = new Map();
  const sayings = new Map();
  const feeds = [];
  let next = `${base(client)}/${path}`;
  while (next) {
    if (feeds.length === mostPages) throw new NoAnswer("unreadable");
    const { body, feed } = await ask(client, next);
    if (body.resourceType !== "Bundle") throw new NoAnswer("unreachable");
    for (const { resource } of body.entry ?? []) {
      if (resource?.resourceType === "OperationOutcome") sayingsOf(resource).forEach(([saying, code]) => sayings.set(saying, code));
      else if (resource?.resourceType === type) found.set(resource.id, later(found.get(resource.id), resource));
    }
    feeds.push(feed);
    next = body.link?.find((link) => link.relation === "next")?.url;
  }
  return { resources: [...found.values()], feeds, sayings: [...sayings] };
}

function later(known, resource) {
  const [before, after] = [known, resource].map((one) => Date.parse(one?.meta?.lastUpdated ?? ""));
  return before > after ? known : resource;
}

function sayingsOf(outcome) {
  return (outcome?.issue ?? []).map((issue) => [issue.diagnostics ?? issue.details?.text, issue.code]).filter(([words]) => words);
}

function base(client) {
  return client.state.serverUrl.replace(/\/$/, "");
}

async function ask(client, url) {
  // The token goes to the hospital's gateway and nowhere else, whatever a page's link says.
  if (!url.startsWith(`${base(client)}/`)) throw new NoAnswer("unreachable");
  await renewed(client);
  let response;
  let body;
  try {
    response = await fetch(url, {
      headers: { Accept: "application/fhir+json", Authorization: client.getAuthorizationHeader() },
      cache: "no-store",
      signal: AbortSignal.timeout(answerWithin),
    });
    if (response.ok || response.status === IN_DOUBT) body = JSON.parse(await response.text(), digitForDigit);
  } catch {
    throw new NoAnswer("unreachable");
  }
  if (response.status === IN_DOUBT) throw new NoAnswer("doubt", sayingsOf(body).map(([words]) => words).join(" "));
  if (!response.ok) throw new NoAnswer({ 400: "refused", 401: "ended", 403: "refused", 404: "gone", 410: "gone" }[response.status] ?? "unreachable");
  if (typeof body?.resourceType !== "string") throw new NoAnswer("unreachable");
  return { body, feed: response.headers.get("Tabard-Feed") };
}

// A measured number as the laboratory wrote it, `4.0` and not `4`, where the browser can tell; as a text, so that nothing rounds it.
function digitForDigit(key, value, told) {
  return key === "value" && typeof value === "number" ? (told?.source ?? String(value)) : value;
}

async function renewed(client) {
  const refreshToken = client.state.tokenResponse?.refresh_token;
  try {
    await client.refreshIfNeeded();
  } catch (fault) {
    if (!isOver(fault)) {
      // fhirclient forgets the refresh token when the network fails; it is still good.
      if (refreshToken && client.state.tokenResponse) client.state.tokenResponse.refresh_token = refreshToken;
      throw new NoAnswer("unreachable");
    }
    throw new NoAnswer("ended");
  }
  if (!client.getState("tokenResponse.access_token")) throw new NoAnswer("ended");
}

function isOver(fault) {
  return [400, 401, 403].includes(fault?.status) || [400, 401, 403].includes(fault?.response?.status);
}
