// An independent FHIR server to measure beside: @medplum/fhir-router over its own memory, behind Node's http. No token, no audit, no disk.
// Run by bench/gateway_read.py: node bench/medplum_router.cjs FOLDER_OF_NODE_MODULES; it reads a JSON list of resources from its input and prints its port.
globalThis.WebSocket = class {}; // @medplum/core names it when it is loaded; nothing here opens one
const http = require("node:http");
const { FhirRouter, MemoryRepository } = require(`${process.argv[2]}/@medplum/fhir-router`);

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const repository = new MemoryRepository();
  const router = new FhirRouter();
  for (const resource of JSON.parse(text)) await repository.createResource(resource, { assignedId: true });
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const chunk of request) parts.push(chunk);
    const body = parts.length ? JSON.parse(Buffer.concat(parts)) : undefined;
    const url = request.url.replace(/^\/fhir/, "") || "/";
    const asked = { method: request.method, url, body, params: {}, query: {}, headers: request.headers };
    const [outcome, resource] = await router.handleRequest(asked, repository);
    const told = Buffer.from(JSON.stringify(resource ?? outcome));
    const isWell = resource !== undefined;
    response.writeHead(isWell ? 200 : 400, { "content-type": "application/fhir+json", "content-length": told.length });
    response.end(told);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

main();
