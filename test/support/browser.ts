import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** Features of new browsers beside the page: each costs a process for every context. */
const BESIDE_THE_PAGE = ["SpareRendererForSitePerProcess", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];
/** The features that Playwright switches off. The last list of an option counts, so ours has its names too. */
const BY_PLAYWRIGHT = [
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/** Without background requests: the browser talks only to the service. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${[...BY_PLAYWRIGHT, ...BESIDE_THE_PAGE].join()}`,
];

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** A browser with an empty profile. `close` removes the profile. */
export async function openBrowser(
  options: { dark?: boolean; width?: number; height?: number } = {},
): Promise<{
  context: BrowserContext;
  close(): Promise<void>;
}> {
  const profile = await mkdtemp(join(tmpdir(), "dormouse-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    args: ARGS,
    colorScheme: options.dark ? "dark" : "light",
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** A browser for several contexts, each with its own storage. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args: ARGS });
}

/** Makes contexts, each with its own storage. `close` closes them. */
export type Contexts = {
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
};

let shared: Promise<Browser> | undefined;

/** Contexts in the one browser of this process, which ends with the process: each start of a browser takes a second of CPU time. */
export async function browserContexts(): Promise<Contexts> {
  shared ??= launchBrowser();
  const browser = await shared;
  browser.once("disconnected", () => {
    shared = undefined;
  });
  const contexts = new Set<BrowserContext>();
  return {
    newContext: async (options) => {
      const context = await browser.newContext(options);
      contexts.add(context);
      context.once("close", () => void contexts.delete(context));
      return context;
    },
    close: async () => {
      await Promise.all([...contexts].map((context) => context.close()));
    },
  };
}

let found: string | undefined;

/** The path of Chromium: on PATH, else from the Debian package if this process is root, else from Playwright. */
export function chromiumPath(): string {
  found ??= onPath() ?? fromDebian() ?? fromPlaywright();
  return found;
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

function fromDebian(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  try {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      stdio: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  } catch {
    return undefined;
  }
  return onPath();
}

function fromPlaywright(): string {
  const own = chromium.executablePath();
  if (!existsSync(own)) {
    execFileSync("node_modules/.bin/playwright-core", ["install", "--with-deps", "chromium"], {
      stdio: "inherit",
    });
  }
  return own;
}
