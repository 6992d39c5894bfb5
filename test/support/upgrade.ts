import { request } from "node:http";
import WebSocket from "ws";

/** How an upgrade was refused: what any HTTP client would see. */
export type Refusal = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> };

type Offer = { protocols?: string[]; headers?: Record<string, string> };

/** Asks for an upgrade that must be refused; throws where it is let in, or where there is no answer at all. */
export function refusedUpgrade(url: string, { protocols = [], headers = {} }: Offer = {}): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, protocols, { headers });
    ws.on("open", () => {
      ws.terminate();
      reject(new Error("The upgrade was not refused."));
    });
    ws.on("error", reject);
    ws.on("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) });
      });
    });
  });
}

/** The status of a request that asks for an upgrade by a method that has none. */
export function upgradeBy(method: string, url: string): Promise<number> {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  return new Promise((resolve, reject) => {
    const sent = request(url.replace(/^ws/, "http"), { method, headers });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    sent.on("error", reject);
    sent.end();
  });
}
