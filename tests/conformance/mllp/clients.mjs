// Sends messages with somebody else's client and prints what that client made of each answer.
//
//   node clients.mjs LIBRARY HOST PORT < a JSON array of messages
//
// Prints a JSON array of {code, control_id}, as the library's own parser reads MSA-1 and MSA-2.

import { Hl7Message } from "@medplum/core";
import { Hl7Client } from "@medplum/hl7";
import { Client, Message } from "node-hl7-client";

const [library, host, port] = process.argv.slice(2);

async function medplum(messages) {
  const client = new Hl7Client({ host, port: Number(port), keepAlive: true });
  const answers = [];
  for (const text of messages) {
    const msa = (await client.sendAndWait(Hl7Message.parse(text))).getSegment("MSA");
    answers.push({ code: msa.getField(1).toString(), control_id: msa.getField(2).toString() });
  }
  await client.close();
  return answers;
}

async function nodeHl7Client(messages) {
  const client = new Client({ host });
  const answers = [];
  let heard;
  const connection = client.createConnection({ port: Number(port) }, (response) => {
    const message = response.getMessage();
    answers.push({ code: message.get("MSA.1").toString(), control_id: message.get("MSA.2").toString() });
    heard();
  });
  for (const text of messages) {
    const answered = new Promise((resolve) => (heard = resolve));
    await connection.sendMessage(new Message({ text }));
    await answered;
  }
  await connection.close();
  return answers;
}

let given = "";
for await (const piece of process.stdin) given += piece;
const answers = await { medplum, "node-hl7-client": nodeHl7Client }[library](JSON.parse(given));
console.log(JSON.stringify(answers));
process.exit(0);
