import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd } from "../support/workerd/workerd.ts";
import { CLOSE, frame, RawSocket, RSV1, TEXT } from "./raw-socket.ts";

// Browsers always offer compression (RFC 7692), and the service declines it, see wrangler.toml. The proxy of `wrangler dev` accepts it,
// so this test runs the deployed bundle in a bare workerd.
test("[WIRE-1] declines compression, and closes a socket that sends RSV1", async () => {
  const service = await startWorkerd();
  try {
    const observer = await TestSocket.open(service.room("compressed"));
    // Throws if the service accepts an extension.
    const raw = await RawSocket.open(service.room("compressed"), { extensions: "permessage-deflate" });
    raw.send(frame(TEXT, deflateRawSync("compressed"), { rsv: RSV1 }));
    const answer = await raw.next();
    expect([answer.opcode, answer.payload.readUInt16BE(0)]).toEqual([CLOSE, 1002]);
    observer.send("alive");
    expect(await observer.next()).toEqual({ text: "alive" });
    raw.drop();
    observer.ws.terminate();
  } finally {
    await service.stop();
  }
});
