import { type Bundle, singleClassBundle } from "../../support/workerd/bundle.ts";

/** The simplest echo: with hibernation at /v1/rooms/hibernating…, with `accept()` at any other path. */
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

/** A bare echo in the same runtime as the service, with its date and flags. A case that fails here fails because of the runtime. */
export function echoBundle(): Promise<Bundle> {
  return singleClassBundle({ name: "ECHO", class_name: "Echo" }, SOURCE);
}
