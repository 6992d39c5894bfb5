import type { Bundle } from "../../support/workerd.ts";

/** The simplest echo that the runtime can be: at /v1/rooms/hibernating…, and by `accept()` at any other path. */
const SOURCE = `
import { DurableObject } from "cloudflare:workers";
export class Echo extends DurableObject {
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    if (new URL(request.url).pathname.includes("hibernating")) this.ctx.acceptWebSocket(server);
    else {
      server.binaryType = "arraybuffer";
      server.accept();
      server.addEventListener("message", ({ data }) => server.send(data));
    }
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage(socket, data) { socket.send(data); }
  webSocketClose(socket, code) { try { socket.close(code === 1005 ? undefined : code); } catch { socket.close(1002); } }
}
export default {
  fetch: (request, env) => env.ECHO.getByName(new URL(request.url).pathname).fetch(request),
};
`;

/** A bare echo in the runtime that the service runs in, with the service's date and flags: what fails here, the runtime fails. */
export function echoBundle({ config: { compatibility_date, compatibility_flags } }: Bundle): Bundle {
  const bindings = [{ name: "ECHO", class_name: "Echo" }];
  return {
    config: {
      main: "echo.js",
      compatibility_date,
      compatibility_flags,
      durable_objects: { bindings },
      vars: {},
    },
    modules: [{ name: "echo.js", source: SOURCE }],
  };
}
