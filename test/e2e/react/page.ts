import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";

/** Bundles a program in JSX for a browser, with the development build of React, whose StrictMode mounts twice. */
export async function bundleReact(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: resolve("test/e2e/react"), loader: "tsx" },
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    alias: {
      "dormouse-rooms": resolve("src/client/index.ts"),
      "dormouse-rooms/react": resolve("src/client/react/index.ts"),
    },
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** A page that runs a program, and what it did. */
export type ReactPage = {
  page: Page;
  /** The addresses of the sockets that it opened, and how many of them are open. */
  sockets: string[];
  open: () => number;
  /** Errors and warnings in its console. */
  complaints: string[];
};

/** A server of pages with an element `#root`. (A page that Playwright fulfils itself may not connect to this machine.) */
export class ReactServer {
  readonly #server: Server;
  #script = "";
  #html = "";

  private constructor() {
    this.#server = createServer(({ url = "" }, response) => {
      const isScript = url === "/app.js";
      response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
      response.end(isScript ? this.#script : this.#page());
    });
  }

  static async start(): Promise<ReactServer> {
    const pages = new ReactServer();
    pages.#server.listen(0, "127.0.0.1");
    await once(pages.#server, "listening");
    return pages;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Opens a page. @param html what the root holds before the program runs */
  async open(context: BrowserContext, script: string, { query = "", html = "" } = {}): Promise<ReactPage> {
    this.#script = script;
    this.#html = html;
    const page = await context.newPage();
    const sockets: string[] = [];
    const complaints: string[] = [];
    let open = 0;
    page.on("websocket", (socket) => {
      sockets.push(socket.url());
      open++;
      socket.on("close", () => open--);
    });
    page.on("console", (line) => {
      if (["error", "warning"].includes(line.type())) complaints.push(line.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    await page.goto(`http://127.0.0.1:${address.port}/${query}`);
    return { page, sockets, open: () => open, complaints };
  }

  #page(): string {
    return `<!doctype html><title>React</title><link rel="icon" href="data:,"><div id="root">${this.#html}</div>
      <script type="module" src="/app.js"></script>`;
  }
}
