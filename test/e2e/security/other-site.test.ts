import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../../support/browser.ts";
import { type Service, startService } from "../../support/service.ts";

let service: Service;
let otherOrigin: Server;
let browser: Contexts;

beforeAll(async () => {
  otherOrigin = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<title>elsewhere</title>");
  }).listen(0, "127.0.0.1");
  await once(otherOrigin, "listening");
  service = await startService({ ALLOWED_ORIGINS: "https://app.example" });
  browser = await browserContexts();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  otherOrigin.closeAllConnections();
  otherOrigin.close();
});

test.each(["localhost", "127.0.0.1"])(
  "[ACC-11] a page of another origin joins no room with a request whose answer it cannot read (%s)",
  async (host) => {
    const address = otherOrigin.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    const page = await (await browser.newContext()).newPage();
    const answers: number[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/v1/rooms/")) answers.push(response.status());
    });
    // Another port of the service's own host is the same site. The other host is another site.
    await page.goto(`http://${host}:${address.port}/`);
    const before = await service.objects();
    const room = `${service.url}/v1/rooms/quiet`;
    await page.evaluate(async (url) => {
      const end = AbortSignal.timeout(3000);
      await fetch(`${url}/events`, { mode: "no-cors", signal: end }).catch(() => {});
      await new Promise((resolve) => {
        const image = document.createElement("img");
        image.onload = resolve;
        image.onerror = resolve;
        image.src = `${url}/events?image`;
      });
      await fetch(`${url}/events?cors`, { signal: end }).catch(() => {});
    }, room);
    // The browser does not report every answer that it withholds from the page.
    expect(new Set(answers)).toEqual(new Set([403]));
    expect(await service.objects()).toEqual(before);
    await page.close();
  },
);
