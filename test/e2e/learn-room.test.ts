import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LEARN_FOLDERS, markedBlocks, printsOf, runSnippet } from "../support/learn-pages.ts";
import { type Service, startService } from "../support/service.ts";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.stop());

test.each(LEARN_FOLDERS)("[DOCS-5] the chat of %s works in a room", async (folder) => {
  const blocks = markedBlocks(`${folder}/chat.md`);
  const client = pathToFileURL(resolve("src/client/index.ts")).href;
  const host = new URL(service.url).host;
  for (const mark of ["run beside both", "run beside the service"]) {
    const code = blocks.find((block) => block.mark === mark)?.code ?? "";
    const here = code
      .replace("localhost:8080", `${host}/v1/rooms/learn`)
      .replace("localhost:8787", host)
      .replace('"dormouse-rooms"', JSON.stringify(client));
    expect(await runSnippet(here), mark).toEqual(printsOf(code));
  }
});

test("[DOCS-1] the service shows the guide under /guide, with its pages and its search", async () => {
  const paths = ["/guide/", "/guide/client", "/guide/zh/websocket/frames", "/guide/search-zh.json"];
  for (const path of [...paths, "/guide/images/frames/en/ping.svg"]) {
    const response = await fetch(service.url + path);
    expect(response.status, path).toBe(200);
    expect(response.headers.get("content-security-policy"), path).toContain("script-src 'self'");
    await response.body?.cancel();
  }
  const folder = await fetch(`${service.url}/guide`, { redirect: "manual" });
  expect([folder.status, folder.headers.get("location")]).toEqual([307, "/guide/"]);
});
