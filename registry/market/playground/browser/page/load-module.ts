import type { Records } from "../../../../../core/sandbox/wire/records.ts";
import { decodeRecords } from "../../../../../core/sandbox/wire/records.ts";
import { LIFT } from "../../../../../core/sandbox/wire/message.ts";
import type { FailedOutcome, ModuleFailure } from "../../../../../core/select/outcome.ts";
import type { ModuleKind } from "../../../../../core/select/request.ts";
import { findJsonObject, isJsonObject } from "../../../../../core/spec/json.ts";
import { readSections } from "../../../../../core/wasm/binary.ts";
import { findMisfit } from "../../../../../core/wasm/component.ts";
import { findLift } from "../../../../../core/wasm/lift.ts";
import { capMemories } from "../../../../../core/wasm/memory.ts";
import { findMadeFault } from "../../../../prepare/made.ts";
import type { LoadOrder } from "../orders.ts";

/** As nodes have it whose admin changes nothing. */
const MEMORY_BYTES = 16 * 2 ** 20;

const CORE_MODULE_SECTION = 1;

type Bytes = Uint8Array<ArrayBuffer>;

/** The module can't be run here. The message is one sentence for the visitor. */
export class UnusableModule extends Error {
  override readonly name = "UnusableModule";
  readonly outcome: FailedOutcome;

  constructor(message: string, outcome: FailedOutcome = "error") {
    super(message);
    this.outcome = outcome;
  }
}

export interface Loaded {
  readonly order: LoadOrder;
  /** False where the browser has no means to: it offers them to pages that came by https or from this machine. */
  readonly isDigestChecked: boolean;
}

/** Where the server has the module: `base` goes before the names of its parts, `query` after them. */
interface Place {
  readonly base: string;
  readonly query: string;
  /** The one that is pinned: of its manifest. */
  readonly digest: string;
}

/** Fetches what the frame runs, and checks it as a node does. @throws {UnusableModule} */
export async function loadModule({ base, query, digest }: Place, kind: ModuleKind): Promise<Loaded> {
  const urlOf = (part: string): string => `${base}/${part}${query}`;
  const component = await fetchBytes(urlOf("component.wasm"));
  const isDigestChecked = globalThis.isSecureContext;
  if (isDigestChecked)
    await checkDigests(component, { digest, manifest: await fetchBytes(urlOf("manifest.json")) });
  const misfit = findMisfit(kind, component);
  if (misfit !== undefined) throw toUnusable({ outcome: "wrongWorld", detail: misfit });
  const records = findPlainRecords(component) ?? (await fetchRecords(urlOf("glue")));
  const others = [...records].filter(([name]) => NOT_CORES.includes(name));
  const capped = capMemories(
    new Map([...records].filter(([name]) => !NOT_CORES.includes(name))),
    MEMORY_BYTES,
  );
  if (capped.outcome !== "ok") throw toUnusable({ ...capped, detail: `it ${capped.detail}` });
  const order: LoadOrder = {
    do: "load",
    kind,
    memoryBytes: MEMORY_BYTES,
    records: new Map([...others, ...capped.value]),
  };
  return { order, isDigestChecked };
}

function toUnusable({ outcome, detail }: ModuleFailure): UnusableModule {
  return new UnusableModule(`No node would run this module: ${detail}.`, outcome);
}

const NOT_CORES: readonly string[] = ["glue", LIFT];

/** A component of the plain shape needs nothing but its one core module, which stands in it as it is. */
function findPlainRecords(component: Uint8Array): Records | undefined {
  const lift = findLift(component);
  const core = [...readSections(component)].find(({ id }) => id === CORE_MODULE_SECTION)?.content;
  if (lift === undefined || core === undefined) return undefined;
  return new Map([
    [LIFT, new TextEncoder().encode(JSON.stringify(lift))],
    ["module.core.wasm", core],
  ]);
}

/** Any other was transpiled by the server. */
async function fetchRecords(url: string): Promise<Records> {
  const records = decodeRecords(await fetchBytes(url));
  const fault = findMadeFault(records);
  if (fault !== undefined)
    throw new UnusableModule(`What the server made of this module can't be run: ${fault}.`);
  return records;
}

async function fetchBytes(url: string): Promise<Bytes> {
  const response = await fetch(url);
  if (!response.ok) throw new UnusableModule((await response.text()).slice(0, 500));
  return new Uint8Array(await response.arrayBuffer());
}

/** From the digest that is pinned to the manifest, and from there to the component. @throws {UnusableModule} */
async function checkDigests(
  component: Bytes,
  { digest, manifest }: { readonly digest: string; readonly manifest: Bytes },
): Promise<void> {
  const got = await toDigest(manifest);
  if (got !== digest)
    throw new UnusableModule(`The server gave a manifest with the digest ${got} for ${digest}.`);
  const wanted = findLayerDigest(new TextDecoder().decode(manifest));
  const found = await toDigest(component);
  if (found !== wanted) {
    throw new UnusableModule(
      `The server gave a component with the digest ${found}; the manifest names another.`,
    );
  }
}

function findLayerDigest(manifest: string): unknown {
  const { layers } = findJsonObject(manifest) ?? {};
  const layer: unknown = Array.isArray(layers) ? layers[0] : undefined;
  return isJsonObject(layer) ? layer["digest"] : undefined;
}

async function toDigest(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
