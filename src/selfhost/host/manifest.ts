import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The facts that the build knows about the Worker. */
export type Manifest = {
  compatibilityDate: string;
  compatibilityFlags: readonly string[];
  /** The files of its scripts, the main one first. */
  modules: readonly string[];
  /** The files of the static site, in the folder `site`. */
  siteFiles: readonly string[];
  durableObjects: readonly { name: string; className: string }[];
  /** The `[vars]` of wrangler.toml, as text. */
  settings: Readonly<Record<string, string>>;
};

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
}
