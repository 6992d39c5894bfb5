import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf } from "../support/doc-examples.ts";
import {
  LEARN_FOLDERS,
  LEARN_PAGES,
  LearnServer,
  markedBlocks,
  printsOf,
  runSnippet,
} from "../support/learn-pages.ts";

let server: LearnServer;
beforeAll(async () => {
  server = await LearnServer.start();
});
afterAll(() => server?.stop());

const SNIPPETS = LEARN_FOLDERS.flatMap((folder) =>
  LEARN_PAGES.flatMap((page) =>
    markedBlocks(`${folder}/${page}.md`)
      .filter(({ mark }) => /^run(?: beside (?:the server|both))?$/.test(mark))
      .map(({ mark, code }, at) => ({ name: `${folder}/${page}.md`, at: at + 1, mark, code })),
  ),
);

/** Opens a TCP connection to the server, does the handshake by hand, and returns what arrives. */
async function openRaw(request: string) {
  const socket = connect(server.port, "127.0.0.1");
  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  await once(socket, "connect");
  socket.write(request);
  await expect.poll(() => received.includes("\r\n\r\n")).toBe(true);
  const end = received.indexOf("\r\n\r\n") + 4;
  return {
    head: received.subarray(0, end).toString(),
    frames: () => received.subarray(end).toString("hex"),
    send: (hex: string) => socket.write(Buffer.from(hex.replaceAll(" ", ""), "hex")),
    end: () => socket.destroy(),
  };
}

describe("the snippets of WebSocket, frame by frame", () => {
  test.each(SNIPPETS)("[DOCS-5] $name: snippet $at prints what it states", async ({ code }) => {
    const prints = printsOf(code);
    expect(prints).not.toEqual([]);
    expect(await runSnippet(code.replaceAll("localhost:8080", `localhost:${server.port}`))).toEqual(prints);
  });

  test("[DOCS-5] each page shows the same code in both languages", () => {
    for (const page of LEARN_PAGES) {
      const [english, chinese] = LEARN_FOLDERS.map((folder) =>
        markedBlocks(`${folder}/${page}.md`).map(({ mark, code }) =>
          mark.startsWith("bytes") ? mark : code,
        ),
      );
      expect(chinese, page).toEqual(english);
    }
  });

  test.each(LEARN_FOLDERS)("[DOCS-5] the code of the server in %s is in the server", (folder) => {
    const [part] = markedBlocks(`${folder}/chat.md`).filter(({ mark }) => mark.startsWith("part of "));
    const source = readFileSync(part?.mark.slice("part of ".length) ?? "", "utf8");
    expect(source).toContain(part?.code);
  });
});

describe("the server of npm run learn:node", () => {
  test.each(LEARN_FOLDERS)("[DOCS-7] answers the handshake of %s as that page states", async (folder) => {
    const [request = "", answer = ""] = blocksOf(`${folder}/handshake.md`);
    const raw = await openRaw(`${request.replaceAll("\n", "\r\n")}\r\n\r\n`);
    expect(raw.head).toBe(`${answer.replaceAll("\n", "\r\n")}\r\n\r\n`);
    raw.end();
  });

  test("[DOCS-7] answers the frames of the pages: a message, its parts, a ping, a close and a reserved frame", async () => {
    const [request = ""] = blocksOf("docs/websocket/handshake.md");
    const open = () => openRaw(`${request.replaceAll("\n", "\r\n")}\r\n\r\n`);
    const answers = async (sent: string, expected: string) => {
      const raw = await open();
      raw.send(sent);
      await expect.poll(() => raw.frames()).toBe(expected.replaceAll(" ", ""));
      raw.end();
    };
    await answers("81 85 37 fa 21 3d 7f 9f 4d 51 58", "81 05 48 65 6c 6c 6f");
    await answers("01 83 00 00 00 00 48 65 6c 80 82 00 00 00 00 6c 6f", "81 05 48 65 6c 6c 6f");
    await answers("89 85 37 fa 21 3d 7f 9f 4d 51 58", "8a 05 48 65 6c 6c 6f");
    await answers("88 86 37 fa 21 3d 34 12 45 52 59 9f", "88 06 03 e8 64 6f 6e 65");
    await answers("8b 80 00 00 00 00", "88 02 03 ea");
    // A frame without a mask.
    await answers("81 05 48 65 6c 6c 6f", "88 02 03 ea");
    await expect
      .poll(() => server.printed)
      .toMatch(/ping; ws has[\s\S]*close 1000 done\n[\s\S]*error WS_ERR_INVALID_OPCODE/);
  });

  test("[DOCS-7] serves its page", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await response.text()).toBe(readFileSync("docs/examples/learn/page.html", "utf8"));
  });
});
