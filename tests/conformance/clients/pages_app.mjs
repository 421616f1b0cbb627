// Serves an app that is pages alone, with the libraries as npm installed them. Arguments: certificate, key, settings as JSON.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { serve } from './app.mjs';

const modules = new URL('../fhir/node_modules/', import.meta.url);
const here = new URL('./', import.meta.url);
const files = {
  '/fhirclient-launch.html': new URL('pages/fhirclient-launch.html', here),
  '/fhirclient.html': new URL('pages/fhirclient.html', here),
  '/medplum.html': new URL('pages/medplum.html', here),
  '/fhirclient_questions.mjs': new URL('fhirclient_questions.mjs', here),
  '/medplum_questions.mjs': new URL('medplum_questions.mjs', here),
  '/library/fhir-client.js': new URL('fhirclient/build/fhir-client.js', modules),
  '/library/medplum.mjs': new URL('@medplum/core/dist/esm/index.mjs', modules),
};
const kinds = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };

serve(async (url, response) => {
  if (url.pathname === '/settings.json') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(process.argv[4]);
  } else if (url.pathname in files) {
    const file = files[url.pathname];
    response.writeHead(200, { 'content-type': kinds[extname(file.pathname)] }).end(await readFile(file));
  } else {
    response.writeHead(404).end();
  }
});
