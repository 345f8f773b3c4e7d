/** `npm run build`: makes `dist/` out of the sources. Every file is replaced in one step, as programs may be in use. */
import { mkdir, mkdtempDisposable, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { replaceFile } from "../registry/file/atomic-file.ts";
import { JCO_VERSION } from "../registry/prepare/jco-version.ts";
import { buildBuiltinModules } from "./author/builtin.ts";
import { compileConfineObject, type Machine, MACHINES, OWN_MACHINE } from "./build/confine-object.ts";
import { GUEST_LIMITS, planGuestHead, TRANSPILER_LIMITS } from "./build/guest-head.ts";
import { leaveOut, leaveToChunks, UNUSED_BY_CLIENT } from "./build/chunks.ts";
import { buildMarketFiles } from "./build/market-files.ts";
import { compileRoutesProgram } from "./build/routes-program.ts";
import { NODE_BUNDLE } from "./build/node-bundle.ts";
import { CACHE_FOLDER, formatTrampoline, planTrampoline } from "./build/trampoline.ts";

const ROOT = path.dirname(import.meta.dirname);
const DIST = path.join(ROOT, "dist");

const PROGRAMS = [
  { name: "genie-standalone", entry: "cni/standalone.ts", trampoline: planTrampoline("genie-standalone") },
  { name: "genie-guest", entry: "cni/guest.ts", trampoline: planGuestHead(GUEST_LIMITS) },
  { name: "geniectl", entry: "cni/cli/main.ts", trampoline: planTrampoline("geniectl") },
];

/** Files beside the programs that these load when a call needs them: what an ADD loads anyway stays small. */
const CHUNKS = [{ name: "lib/cluster-client.js", entry: "cni/cluster/client.ts" }];

/** The tools of authors stay in node_modules: only `geniectl build` asks for them. */
const AUTHOR_TOOLS = ["assemblyscript", "assemblyscript/*", "componentize-qjs", "@bytecodealliance/jco"];

/** The oldest node that must be able to read a program far enough to say that it is too old. */
const READABLE_BY = "node18";

/** node prints the line of an uncaught error whole. */
const LINE_LIMIT = 120;

/** @param name the path below `dist`. */
async function place(name: string, contents: Uint8Array, mode: number): Promise<void> {
  const file = path.join(DIST, name);
  await replaceFile(file, contents, { tempDir: path.dirname(file), mode });
}

async function buildProgram({ name, entry, trampoline }: (typeof PROGRAMS)[number]): Promise<void> {
  const { outputFiles } = await build({
    ...NODE_BUNDLE,
    entryPoints: [path.join(ROOT, entry)],
    target: READABLE_BY,
    external: AUTHOR_TOOLS,
    plugins: [leaveToChunks(CHUNKS.map((chunk) => ({ ...chunk, entry: path.join(ROOT, chunk.entry) })))],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: LINE_LIMIT,
    mainFields: ["module", "main"], // jsonc-parser's other build can't be bundled
    banner: { js: formatTrampoline(trampoline) },
    define: {
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
      "import.meta.url": "programUrl",
      BUNDLED_JCO_VERSION: JSON.stringify(JCO_VERSION),
    },
  });
  for (const { contents } of outputFiles) await place(`bin/${name}`, contents, 0o755);
}

async function buildChunk({ name, entry }: (typeof CHUNKS)[number]): Promise<void> {
  const { outputFiles } = await build({
    ...NODE_BUNDLE,
    entryPoints: [path.join(ROOT, entry)],
    target: "node24",
    minify: true,
    plugins: [leaveOut(UNUSED_BY_CLIENT)],
  });
  for (const { contents } of outputFiles) await place(name, contents, 0o644);
}

/** The transpiler with jco's wasm files in it: it runs where it may read no file. */
async function buildTranspiler(): Promise<void> {
  const ours = createRequire(import.meta.url);
  const jco = createRequire(ours.resolve("@bytecodealliance/jco/component"));
  const folder = path.dirname(jco.resolve("@bytecodealliance/jco-transpile/component"));
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, "cni/transpiler.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "neutral", // preview2-shim's build for node starts a worker of its own, out of a file that dist hasn't
    external: ["node:*"],
    alias: {
      "jco-core.wasm": path.join(folder, "js-component-bindgen-component.core.wasm"),
      "jco-core2.wasm": path.join(folder, "js-component-bindgen-component.core2.wasm"),
    },
    loader: { ".wasm": "base64" },
    target: "node24",
    minify: true,
    lineLimit: LINE_LIMIT,
    legalComments: "eof",
    banner: { js: formatTrampoline(planGuestHead(TRANSPILER_LIMITS)) },
    define: { "import.meta.url": '""' },
    logLevel: "warning",
  });
  for (const { contents } of outputFiles) await place("bin/genie-transpiler", contents, 0o755);
}

/** The guest's native part, where Rust is there to make it: without, the guest starts with fewer bars. */
async function buildConfineObject(machine: Machine): Promise<void> {
  const name = `confine-${machine}.so`;
  const temporary = await mkdtempDisposable(path.join(DIST, "lib/confine-"));
  await using _undo = temporary;
  const file = path.join(temporary.path, name);
  const failure = await compileConfineObject({ machine, file });
  if (failure === undefined) await place(`lib/${name}`, await readFile(file), 0o644);
  else {
    await rm(path.join(DIST, "lib", name), { force: true }); // of an older source
    const [kind, who] = machine === OWN_MACHINE ? ["warning", "here"] : ["note", `on ${machine}`];
    console.error(`${kind}: no lib/${name}, so modules run with less around them ${who}: ${failure}`);
  }
}

/** What arranges the routes of pods with several networks, where Rust is there to make it. */
async function buildRoutesProgram(): Promise<void> {
  const name = "genie-routes";
  const temporary = await mkdtempDisposable(path.join(DIST, "lib/routes-"));
  await using _undo = temporary;
  const file = path.join(temporary.path, name);
  const failure = await compileRoutesProgram(file);
  if (failure === undefined) return await place(`bin/${name}`, await readFile(file), 0o755);
  await rm(path.join(DIST, "bin", name), { force: true }); // of an older source
  console.error(`warning: no bin/${name}, so of a pod's networks only one has a way back: ${failure}`);
}

async function placeMarketFiles(): Promise<void> {
  for (const [name, contents] of await buildMarketFiles()) await place(`market/${name}`, contents, 0o644);
}

for (const folder of ["bin", "lib", "market", "modules"])
  await mkdir(path.join(DIST, folder), { recursive: true });
await mkdir(path.join(DIST, CACHE_FOLDER), { recursive: true, mode: 0o700 });
// The package is of type "module"; the programs aren't.
await place("package.json", Buffer.from('{ "type": "commonjs" }\n'), 0o644);
await Promise.all([
  ...PROGRAMS.map(buildProgram),
  ...CHUNKS.map(buildChunk),
  buildTranspiler(),
  placeMarketFiles(),
  ...MACHINES.map(buildConfineObject),
  buildRoutesProgram(),
]);
await buildBuiltinModules(path.join(DIST, "modules"));
