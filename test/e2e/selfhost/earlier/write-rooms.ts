/**
 * Writes one message of each kind through the API, and prints the history:
 *
 *     node test/e2e/selfhost/earlier/write-rooms.ts http://127.0.0.1:8787 > history.json
 *
 * README.md beside it says how the folder was made.
 */
const [url = ""] = process.argv.slice(2);
const ADA = "ada-ada-ada-ada-ada";
const BOB = "bob-bob-bob-bob-bob";
const JSON_TYPE = "application/json";

await post("kitchen", ADA, { text: "Tea?" });
await post("kitchen", BOB, "Yes, please.");
await post("kitchen", ADA, { text: "Milk in mine. ☕" });
await post("kitchen", BOB, "a secret that is deleted");
await call("POST", "kitchen/messages", BOB, new Uint8Array([0, 1, 254, 255]));
await call("PATCH", "kitchen/messages/1", ADA, { data: { text: "Coffee?" } });
await call("DELETE", "kitchen/messages/4", BOB);
await call("POST", "kitchen/messages/2/append", BOB, { data: " Two." });
await call("PUT", `kitchen/messages/3/reactions/${encodeURIComponent("👍")}`, BOB);
await post("quiet", ADA, "the only message");
const rooms = await Promise.all(
  ["kitchen", "quiet"].map(async (room) => [
    room,
    { state: await read(room), page: await read(`${room}/messages?limit=1000`) },
  ]),
);
console.log(JSON.stringify(Object.fromEntries(rooms), null, 1));

function post(room: string, key: string, data: unknown): Promise<void> {
  return call("POST", `${room}/messages`, key, { data });
}

async function call(method: string, path: string, key: string, body?: object): Promise<void> {
  const isBinary = body instanceof Uint8Array;
  const response = await fetch(`${url}/v1/rooms/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": isBinary ? "application/octet-stream" : JSON_TYPE }),
    },
    ...(body === undefined ? {} : { body: isBinary ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

async function read(path: string): Promise<unknown> {
  const response = await fetch(`${url}/v1/rooms/${path}`, { headers: { authorization: `Bearer ${ADA}` } });
  return response.json();
}

export {};
