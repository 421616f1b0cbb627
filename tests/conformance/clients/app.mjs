// An app's own server, over TLS. Arguments: certificate, key. It prints its port; `answer` is asked of every request.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

export function serve(answer) {
  const [cert, key] = process.argv.slice(2, 4).map((path) => readFileSync(path));
  const server = createServer({ cert, key }, async (request, response) => {
    try {
      await answer(new URL(request.url, `https://${request.headers.host}`), response, request);
    } catch (fault) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(fault.stack ?? fault));
    }
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}
