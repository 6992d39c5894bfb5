import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PACKAGE = "python3-websockets";
const NAMES = ["python3", "/usr/bin/python3"];

let found: string | undefined;

/**
 * A Python that has the library `websockets`: the one on PATH, or that of Debian. If neither has it and this process may, it installs the
 * Debian package: as root, and with `sudo` in CI.
 * @throws Error that says what to install
 */
export function pythonWithWebSockets(): string {
  found ??= installed() ?? fromDebian();
  if (found === undefined)
    throw new Error(
      "This test needs Python 3.9 or newer with the library websockets. Install it by: apt-get install python3-websockets, or: pip install websockets.",
    );
  return found;
}

function installed(): string | undefined {
  return NAMES.find((name) => spawnSync(name, ["-c", "import websockets.exceptions"]).status === 0);
}

function fromDebian(): string | undefined {
  if (!existsSync("/usr/bin/apt-get")) return undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && process.env.CI === undefined) return undefined;
  const apt = [...(isRoot ? [] : ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  try {
    for (const args of [
      ["update", "-qq"],
      ["install", "-y", "-qq", "--no-install-recommends", PACKAGE],
    ])
      execFileSync(apt[0] ?? "", [...apt.slice(1), ...args], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return installed();
}
