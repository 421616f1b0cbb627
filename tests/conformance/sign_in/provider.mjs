// A hospital's identity provider, as `oidc-provider` (certified for OpenID Connect) is one, on a free port of this machine.
// Who signs in, how strongly, and what is told of them is what a test last posted to /who; nobody has to type.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , modules, asked] = process.argv;
const require = createRequire(join(modules, "anchor.js"));
const { Provider } = await import(pathToFileURL(join(modules, "oidc-provider/lib/index.js")));
void require;

const { clients, ttl } = JSON.parse(asked);
let who = {};

const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients,
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...who.claims, sub }) }),
  claims: {
    openid: ["sub", "amr"],
    profile: ["name", "gmc_number", "sds_user_id", "org", "groups", "nhsid_nrbac_roles"],
  },
  conformIdTokenClaims: false,
  acrValues: ["aal2", "aal3"],
  ttl: { IdToken: ttl ?? 3600, Grant: 3600, Session: 3600, Interaction: 600, AccessToken: 600 },
  cookies: { keys: ["a pretend key of a pretend provider"] },
  features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
  renderError: (ctx, out) => {
    ctx.type = "json";
    ctx.body = out;
  },
});

const answer = provider.callback();
server.on("request", async (request, response) => {
  if (request.method === "POST" && request.url === "/who") {
    const parts = [];
    for await (const part of request) parts.push(part);
    who = JSON.parse(Buffer.concat(parts).toString());
    response.end("{}");
  } else if (request.url.startsWith("/interaction/")) {
    const result = who.refuse
      ? { error: "access_denied" }
      : { login: { accountId: who.sub, acr: who.acr, amr: who.amr, remember: false } };
    await provider.interactionFinished(request, response, result);
  } else {
    answer(request, response);
  }
});

console.log(JSON.stringify({ issuer }));
