import { readFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { Failure, findErrno } from "../../core/errors.ts";
import { loadAssets, PAGE_FILES, PLAYGROUND_FILES } from "../../registry/market/assets.ts";
import { type MarketServer, startMarketServer } from "../../registry/market/http/server.ts";
import type { Route } from "../../registry/market/http/answer.ts";
import { type OpenMarket, openMarket } from "../../registry/market/market.ts";
import { openReadmeRenderer } from "../../registry/market/readme/renderer.ts";
import { playgroundRoutes } from "../../registry/market/playground/routes.ts";
import { pageRoutes, siteOf } from "../../registry/market/routes.ts";
import type { Reference } from "../../registry/reference.ts";
import { readPolicy } from "../../registry/trust/policy-file.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { spawnTranspiler } from "../guest-process.ts";
import { parseWhole } from "./author-options.ts";
import { addCatalogueOption } from "./catalogue-options.ts";
import { describeFailure } from "./failure-text.ts";
import { formatCount } from "../../registry/size.ts";
import type { Shell } from "./shell.ts";

interface MarketCommandOptions {
  readonly catalogue: Reference;
  readonly port: number;
  readonly host: string;
  readonly name: readonly string[];
  readonly allow: readonly string[];
  readonly login?: true;
  readonly policy?: string;
  readonly refresh: number;
  readonly json?: true;
}

/** Beside the folder of this program; see cni/build/market-files.ts. */
const MARKET_DIR = path.join(import.meta.dirname, "../market");

/** A visitor waits here. */
const TRANSPILING = { startTranspiler: () => spawnTranspiler(), prepareMs: 10_000 };
const MAX_PORT = 65_535;

const HELP = `
Everything is read only and nothing is kept on disk. Repositories of other registries than the catalogue's are shown as
the catalogue has them, unless --allow names them. Visitors who come by another name than localhost or an address are
sent away unless --name has it: otherwise any site could have its own name lead here and read what is meant for you.`;

/** `geniectl market` */
export function marketCommand(shell: Shell): Command {
  const command = new Command("market").description(
    "serve a catalogue as web pages, until it is told to stop",
  );
  return addCatalogueOption(command, { isRequired: true })
    .option("--port <number>", "0 takes any that is free", readPort, 8080)
    .option("--host <address>", "listen at this address", "127.0.0.1")
    .option("--name <host>", "visitors come by this name; may be given more than once", collectName, [])
    .option(
      "--allow <prefix>",
      "show more of modules below registry/repository; may be given more than once",
      collect,
      [],
    )
    .option("--login", "read with the login that docker or podman has, and show everybody what it may see")
    .option("--policy <file>", "show which signatures hold by this trust policy")
    .option("--refresh <seconds>", "read the catalogue again so often", parseWhole(86_400), 60)
    .option("--json", "print one JSON document when it's ready")
    .addHelpText("after", HELP)
    .action(async (options: MarketCommandOptions) => {
      await serve(options, shell);
    });
}

async function serve(options: MarketCommandOptions, shell: Shell): Promise<void> {
  const { catalogue, allow, login, policy, refresh } = options;
  if (policy !== undefined) await readPolicy(policy); // it must do now, whatever becomes of it later
  const onFault = (error: unknown) => shell.warn(describeFailure(error));
  using undo = new DisposableStack();
  const stop = undo.adopt(new AbortController(), (each) => each.abort());
  shell.progress("reading the catalogue …");
  await using readmes = openReadmeRenderer(path.join(MARKET_DIR, "readme-worker.js"));
  const market = await openMarket({
    catalogue,
    assets: await loadAssets(MARKET_DIR, [...PAGE_FILES, ...PLAYGROUND_FILES]),
    readmes,
    prefixes: allow,
    client: await shell.clientOptions(),
    withLogin: login === true,
    readPolicy: async () => (policy === undefined ? undefined : await readPolicy(policy)),
    refreshMs: refresh * 1000,
    signal: AbortSignal.any([shell.signal, stop.signal]),
    onFault,
  });
  const server = await listen({
    ...options,
    routes: [...(await openPlayground(market, shell)), ...pageRoutes(market)],
    onFault,
  });
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${server.port}/`;
  const { modules } = market.shelf();
  if (options.json === true) shell.printJson({ url, catalogue: market.catalogue, modules: modules.length });
  else
    shell.print(
      `${url} shows ${formatCount(modules.length, "module")} of ${market.catalogue}; Ctrl-C ends it`,
    );
  await market.ended;
  await server.close();
}

async function openPlayground(market: OpenMarket, { signal }: Shell): Promise<readonly Route[]> {
  return playgroundRoutes({
    site: () => siteOf(market),
    frameScript: await readFile(path.join(MARKET_DIR, "playground-frame.js"), "utf8"),
    findModule: (digest, repository) => market.findTried(digest, repository),
    transpile: (component) => transpile(component, TRANSPILING, signal),
  });
}

/** @throws {Failure} ioFailure when the address can't be had */
async function listen({
  host,
  port,
  name,
  ...more
}: MarketCommandOptions &
  Pick<Parameters<typeof startMarketServer>[0], "routes" | "onFault">): Promise<MarketServer> {
  try {
    return await startMarketServer({ ...more, host, port, names: name });
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    const details = "choose another --port or --host";
    throw new Failure("ioFailure", `can't listen at ${host}, port ${port} (${code})`, { details, cause });
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_PORT}.`);
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function collectName(text: string, before: readonly string[]): readonly string[] {
  if (/^[a-z0-9.-]+$/i.test(text)) return [...before, text.toLowerCase()];
  throw new InvalidArgumentError("It must be a name without port.");
}
