import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseGoldenCases } from "../../cni/author/golden/case.ts";
import { findComponentKind } from "../../cni/author/subject.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { sha256 } from "../../registry/digest.ts";
import { loadAssets, PAGE_FILES, PLAYGROUND_FILES } from "../../registry/market/assets.ts";
import type { Route } from "../../registry/market/http/answer.ts";
import { startMarketServer } from "../../registry/market/http/server.ts";
import {
  type Playground,
  playgroundRoutes,
  type TriedModule,
} from "../../registry/market/playground/routes.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { TRANSPILING } from "./transpiling.ts";

const MARKET_DIR = path.join(DIST_DIR, "market");

export interface PlaygroundServer extends AsyncDisposable {
  readonly origin: string;
  /** The address of the page on which this module is tried. */
  urlOf(module: TriedModule): string;
}

/** A server with these modules, as they are built, and no registry. @param before asked before the playground is. */
export async function startPlayground(
  modules: readonly TriedModule[],
  more: Partial<Playground> = {},
  before: Route = () => undefined,
): Promise<PlaygroundServer> {
  const assets = await loadAssets(MARKET_DIR, [...PAGE_FILES, ...PLAYGROUND_FILES]);
  const moduleByDigest = new Map(modules.map((module) => [digestOf(module), module]));
  const routes = playgroundRoutes({
    site: () => ({ assets, catalogue: "registry.example/genie/catalogue:latest", updatedAtMs: 0 }),
    frameScript: await readFile(path.join(MARKET_DIR, "playground-frame.js"), "utf8"),
    findModule: (digest) => moduleByDigest.get(digest),
    transpile: (component) => transpile(component, TRANSPILING),
    ...more,
  });
  const onFault = (error: unknown): void => console.error(error);
  const options = { host: "127.0.0.1", port: 0, names: [], onFault };
  const server = await startMarketServer({ ...options, routes: [before, assets.route, ...routes] });
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    origin,
    urlOf: (module) => `${origin}/modules/${digestOf(module)}/playground`,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A built-in module with its golden cases. */
export async function readBuiltin(name: string): Promise<TriedModule> {
  const file = path.join(CLONE_DIR, "selectors", name, "golden.json");
  const component = await readFile(path.join(DIST_DIR, "modules", `${name}.wasm`));
  return toTried(name, component, parseGoldenCases(file, await readFile(file, "utf8")));
}

export function toTried(name: string, component: Uint8Array, cases: readonly GoldenCase[] = []): TriedModule {
  return {
    title: `${name} 1.0.0`,
    repository: `registry.example/genie/${name}`,
    reference: `registry.example/genie/${name}@${sha256(component)}`,
    kind: findComponentKind(component) ?? "scorer",
    manifest: Buffer.from(JSON.stringify({ layers: [{ digest: sha256(component) }] })),
    component,
    metadata: readEmbeddedMetadata(component).metadata,
    cases,
  };
}

function digestOf({ manifest }: TriedModule) {
  return sha256(manifest);
}
