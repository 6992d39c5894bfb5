import { readdir, readFile } from "node:fs/promises";

/** The ids of the processes of this machine with a text in their command line. Linux only. */
export async function processesWith(text: string): Promise<number[]> {
  const ids = (await readdir("/proc")).map(Number).filter((id) => Number.isInteger(id));
  const found = await Promise.all(
    ids.map(async (id) => ((await ofProcess(id, "cmdline")).includes(text) ? [id] : [])),
  );
  return found.flat();
}

/** The environment of a process, as `NAME=value` texts. Linux only. */
export async function environmentOf(id: number): Promise<string[]> {
  return (await ofProcess(id, "environ")).split("\0").filter((pair) => pair !== "");
}

/** A file of a process; empty where the process has ended. */
function ofProcess(id: number, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, "utf8").catch(() => "");
}
