import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

describe("the npm package", () => {
  test("runs in Node, and brings types that compile without a schema library", () => {
    const folder = mkdtempSync(join(tmpdir(), "dormouse-package-"));
    try {
      const [packed] = JSON.parse(
        execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", folder], {
          encoding: "utf8",
        }),
      );
      const files: string[] = packed.files.map(({ path }: { path: string }) => path);
      expect(files.filter((file) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(file))).toEqual([]);

      const installed = join(folder, "node_modules/dormouse-rooms");
      mkdirSync(installed, { recursive: true });
      execFileSync("tar", [
        "-xzf",
        join(folder, packed.filename),
        "-C",
        installed,
        "--strip-components",
        "1",
      ]);
      const declarations = files.filter((file) => file.endsWith(".d.ts"));
      const texts = declarations.map((file) => readFileSync(join(installed, file), "utf8"));
      expect(declarations.length).toBeGreaterThan(20);
      expect(texts.filter((text) => /valibot|cloudflare/.test(text))).toEqual([]);
      // React is a peer: an app that uses the hooks has it.
      for (const name of ["react", "@types/react", "csstype"]) {
        mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
        symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
      }
      writeFileSync(join(folder, "package.json"), '{"type":"module"}');
      writeFileSync(
        join(folder, "app.ts"),
        `import { joinRoom, type Room, RoomError } from "dormouse-rooms";
       const room: Room<{ text: string }> = joinRoom<{ text: string }>("lobby", { host: "127.0.0.1:9" });
       room.on("message", ({ seq, data }) => console.log(seq.toFixed(), data?.text.toUpperCase()));
       // @ts-expect-error: no such data in this room
       room.publish({ txet: "hello" }).catch((error: unknown) => console.log(error instanceof RoomError && error.code));
       room.leave();`,
      );
      writeFileSync(
        join(folder, "view.ts"),
        `import { joinRoom, Timeline, type TimelineItem } from "dormouse-rooms/core";
       import { useMembers, useRoom, useSignal } from "dormouse-rooms/react";
       type Chat = { text: string };
       const room = joinRoom<Chat, { x: number }, { mood: string }>("lobby", { host: "127.0.0.1:9" });
       const items: readonly TimelineItem<Chat>[] = new Timeline(room, {}).getSnapshot().messages;
       room.on("signal", ({ data }) => console.log(data.x.toFixed(), items[0]?.data?.text.length));
       room.on("update", ({ state }) => console.log(state?.mood.length));
       // @ts-expect-error: no such state in this room
       room.setState({ mode: "fine" });
       export function useView() {
         const view = useRoom<Chat, { x: number }, { mood: string }>("lobby", { history: 5 });
         useSignal(view.room, ({ data }) => data.x.toFixed());
         // @ts-expect-error: no such signal in this room
         view.signal({ y: 1 });
         return [view.messages[0]?.data?.text, useMembers(view.room)[0]?.state?.mood.length];
       }`,
      );
      const compiler = resolve("node_modules/typescript/bin/tsc");
      const options = [
        "--strict",
        "--noEmit",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--lib",
        "es2023,dom",
        "--types",
        "",
      ];
      execFileSync(process.execPath, [compiler, ...options, "app.ts", "view.ts"], {
        cwd: folder,
        stdio: "pipe",
      });
      expect(execFileSync(process.execPath, ["app.ts"], { cwd: folder, encoding: "utf8" })).toBe("left\n");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
