import { request } from "node:http";

export type Knock = {
  method?: string;
  headers?: Record<string, string>;
  /** Whether it asks for a WebSocket. */
  upgrade?: boolean;
};

/** What any HTTP client would see: an upgrade that was let in has the status 101. */
export type Answer = { status: number; headers: Record<string, unknown>; text: string };

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

/** One request whose path and headers arrive as they are written here: no client in between tidies them. */
export function knock(url: string, path: string, { method = "GET", headers = {}, upgrade }: Knock = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      path,
      method,
      agent: false,
      headers: { ...(upgrade === true ? UPGRADE : {}), ...headers },
    });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("upgrade", (response, socket) => {
      socket.on("error", () => {});
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "" });
    });
    sent.on("error", reject);
    sent.end();
  });
}
