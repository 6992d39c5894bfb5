import { request } from "node:http";

export type RawRequest = {
  method?: string;
  headers?: Record<string, string>;
  /** Whether to ask for a WebSocket. */
  upgrade?: boolean;
};

/** An accepted upgrade has the status 101. */
export type RawResponse = { status: number; headers: Record<string, unknown>; text: string };

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

/** Sends one request with the path and headers exactly as given: unlike `fetch`, it normalizes nothing. */
export function rawRequest(url: string, path: string, options: RawRequest = {}): Promise<RawResponse> {
  const { method = "GET", headers = {}, upgrade = false } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      path,
      method,
      agent: false,
      headers: { ...(upgrade ? UPGRADE : {}), ...headers },
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
