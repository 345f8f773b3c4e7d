import { readFile } from "node:fs/promises";
import path from "node:path";
import { build, type BuildOptions } from "esbuild";
import { PAGE_FILES } from "../../registry/market/assets.ts";
import { NODE_BUNDLE } from "./node-bundle.ts";

const MARKET_DIR = path.resolve(import.meta.dirname, "../../registry/market");
const BROWSER_DIR = path.join(MARKET_DIR, "playground/browser");

const OPTIONS = {
  bundle: true,
  write: false,
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  inject: [path.join(BROWSER_DIR, "shim/buffer.ts")],
  alias: { "node:util": path.join(BROWSER_DIR, "shim/node-util.ts") },
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * The files of the market's pages by their names, and the program of the thread that renders READMEs. The frame's script
 * holds the worker's: it can load none.
 */
export async function buildMarketFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const worker = await bundle("worker/main.ts", { format: "iife" });
  const define = { WORKER_PROGRAM: JSON.stringify(Buffer.from(worker).toString()) };
  const pages = PAGE_FILES.map(
    async (name) => [name, await readFile(path.join(MARKET_DIR, "browser", name))] as const,
  );
  return new Map([
    ...(await Promise.all(pages)),
    ["playground.css", await readFile(path.join(BROWSER_DIR, "playground.css"))],
    ["playground-frame.js", await bundle("frame/main.ts", { format: "iife", define })],
    ["playground.js", await bundle("page/main.ts", { format: "esm" })],
    ["readme-worker.js", await bundleReadmeWorker()],
  ]);
}

async function bundle(entry: string, options: BuildOptions): Promise<Uint8Array> {
  const entryPoints = [path.join(BROWSER_DIR, entry)];
  return await buildOne({ ...OPTIONS, ...options, entryPoints });
}

async function bundleReadmeWorker(): Promise<Uint8Array> {
  return await buildOne({
    ...NODE_BUNDLE,
    entryPoints: [path.join(MARKET_DIR, "readme/worker.ts")],
    target: "node24",
    minify: true,
  });
}

async function buildOne(options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles: [file] = [] } = await build(options);
  if (file === undefined) throw new Error(`nothing was made of ${JSON.stringify(options.entryPoints)}`);
  return file.contents;
}
