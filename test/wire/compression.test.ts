import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd } from "../support/workerd/workerd.ts";
import { CLOSE, frame, RawSocket, RSV1, TEXT } from "./raw-socket.ts";

// Browsers always offer compression (RFC 7692). It is declined: wrangler.toml says why. Under `wrangler dev` a proxy in
// front of the Worker accepts it, so this is shown on the bundle that is deployed, in the runtime alone.
test("[WIRE-1] compression is declined, so a frame with RSV1 is a breach and no message", async () => {
  const service = await startWorkerd();
  try {
    const witness = await TestSocket.open(service.room("compressed"));
    // Throws where an extension is answered.
    const raw = await RawSocket.open(service.room("compressed"), { extensions: "permessage-deflate" });
    raw.send(frame(TEXT, deflateRawSync("a breach"), { rsv: RSV1 }));
    const answer = await raw.next();
    expect([answer.opcode, answer.payload.readUInt16BE(0)]).toEqual([CLOSE, 1002]);
    witness.send("on");
    expect(await witness.next()).toEqual({ text: "on" });
    raw.drop();
    witness.ws.terminate();
  } finally {
    await service.stop();
  }
});
