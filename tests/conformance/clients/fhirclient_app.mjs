// npm's `fhirclient` in Node: `/launch` sends the browser away; `/back`, where it comes back to, tells what the app learnt.
// Arguments: certificate, key, and settings as JSON: clientId, scope, base, other, and perhaps clientSecret, clientPrivateJwk, redirectUri.
import { createRequire } from 'node:module';
import { serve } from './app.mjs';
import { ask } from './fhirclient_questions.mjs';

const smart = createRequire(new URL('../fhir/package.json', import.meta.url))('fhirclient');
const { base, other, ...settings } = JSON.parse(process.argv[4]);

class Memory {
  kept = new Map();
  async get(key) {
    return this.kept.get(key);
  }
  async set(key, value) {
    this.kept.set(key, value);
    return value;
  }
  async unset(key) {
    return this.kept.delete(key);
  }
}
const memory = new Memory();

serve(async (url, response, request) => {
  const client = smart(request, response, memory);
  if (url.pathname === '/launch') {
    await client.authorize({ redirectUri: '/back', ...settings, iss: base });
  } else {
    const told = await ask(await client.ready(), other);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  }
});
