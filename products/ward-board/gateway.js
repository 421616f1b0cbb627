// Asking the hospital's gateway: whole answers or none, and how fresh they are.

import { answerWithin } from "./settings.js";

// Why there is no answer: "ended" (the session is over), "refused" (not allowed), "unreachable" (try again).
export class NoAnswer extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

// All resources that a search finds, page after page, and the Tabard-Feed header of the last page.
export async function search(client, url) {
  const found = new Map();
  let next = url;
  let feed = null;
  const seen = new Set();
  while (next && !seen.has(next)) {
    seen.add(next);
    const { body, response } = await ask(client, next);
    for (const entry of body.entry ?? []) {
      if (entry.search?.mode !== "outcome") found.set(`${entry.resource.resourceType}/${entry.resource.id}`, entry.resource);
    }
    feed = response.headers.get("Tabard-Feed");
    next = body.link?.find((link) => link.relation === "next")?.url;
  }
  return { resources: [...found.values()], feed };
}

async function ask(client, url) {
  const refreshToken = client.state.tokenResponse?.refresh_token;
  try {
    const request = { url, includeResponse: true, cache: "no-store", signal: AbortSignal.timeout(answerWithin) };
    return await client.request(request, { pageLimit: 1 });
  } catch (fault) {
    const why = reason(fault, client);
    // fhirclient forgets the refresh token when the network fails; it is still good. One that it got meanwhile stays.
    const told = client.state.tokenResponse;
    if (why === "unreachable" && refreshToken && told && !told.refresh_token) told.refresh_token = refreshToken;
    throw new NoAnswer(why);
  }
}

function reason(fault, client) {
  if (fault.status === 401 || !client.getState("tokenResponse.access_token")) return "ended";
  if (fault.status === 400 && /token/.test(fault.response?.url ?? "")) return "ended";
  return fault.status === 403 || fault.status === 400 ? "refused" : "unreachable";
}
