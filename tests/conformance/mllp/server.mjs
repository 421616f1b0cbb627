// Receives messages with somebody else's server, which answers each with its own acknowledgement.
//
//   node server.mjs original|enhanced PORT
//
// Prints LISTENING, then each message that its own parser read, as one JSON text a line. In the enhanced mode it says CA
// at once, and its application's AA after that.

import { Hl7Server } from "@medplum/hl7";

const [mode, port] = process.argv.slice(2);
const server = new Hl7Server((connection) => {
  connection.addEventListener("message", ({ message }) => {
    console.log(JSON.stringify(message.toString()));
    connection.send(message.buildAck({ ackCode: "AA" }));
  });
});
server.start(Number(port), undefined, mode === "enhanced");
server.server.on("listening", () => console.log("LISTENING"));
