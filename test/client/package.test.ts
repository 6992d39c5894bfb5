import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

test("the package that npm packs runs in Node and brings types that compile", () => {
  const folder = mkdtempSync(join(tmpdir(), "dormouse-package-"));
  try {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", folder], { encoding: "utf8" }),
    );
    const files: string[] = packed.files.map(({ path }: { path: string }) => path);
    expect(
      files.filter(
        (file) => !/^(dist\/package\/|LICENSE$|README\.md$|CHANGELOG\.md$|package\.json$)/.test(file),
      ),
    ).toEqual([]);

    const installed = join(folder, "node_modules/dormouse-rooms");
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, packed.filename), "-C", installed, "--strip-components", "1"]);
    // The dependencies are the server's, and the client compiles and runs without them.
    expect(
      Object.keys(JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).dependencies),
    ).toEqual(["hono", "jose", "valibot"]);
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
    execFileSync(process.execPath, [compiler, ...options, "app.ts"], { cwd: folder, stdio: "pipe" });
    expect(execFileSync(process.execPath, ["app.ts"], { cwd: folder, encoding: "utf8" })).toBe("left\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
