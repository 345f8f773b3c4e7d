import type { GoldenCase } from "../../../core/golden/case.ts";
import type { ModuleMetadata } from "../../../core/metadata/metadata.ts";
import { encodeRecords, type Records } from "../../../core/sandbox/wire/records.ts";
import type { ModuleResult } from "../../../core/select/outcome.ts";
import type { ModuleKind } from "../../../core/select/request.ts";
import { findLift } from "../../../core/wasm/lift.ts";
import { MEDIA_TYPE } from "../../artifact/artifact.ts";
import { type Digest, isDigest, sha256 } from "../../digest.ts";
import { RegistryFailure } from "../../errors.ts";
import { Cache } from "../cache.ts";
import { openGate } from "../gate.ts";
import { type Answer, htmlAnswer, type Route, type Visit } from "../http/answer.ts";
import { plainAnswer } from "../http/respond.ts";
import { CONTENT_POLICY, formatContentPolicy } from "../http/safe-headers.ts";
import type { Site } from "../pages/layout.ts";
import { makeFrameAnswer } from "./frame-answer.ts";
import { playgroundPage } from "./page.ts";
import type { ToldModule } from "./told.ts";

/** A module as the playground takes it. */
export interface TriedModule {
  /** Name and version. */
  readonly title: string;
  /** `host/repository` */
  readonly repository: string;
  readonly reference: string;
  readonly kind: ModuleKind;
  readonly manifest: Uint8Array;
  /** Its bytes have the digest that the manifest names. */
  readonly component: Uint8Array;
  readonly metadata: ModuleMetadata | undefined;
  readonly cases: readonly GoldenCase[];
}

export interface Playground {
  readonly site: () => Site;
  /** The program of the frame; see cni/build/playground.ts. */
  readonly frameScript: string;
  /** Undefined of a digest that the catalogue doesn't name; a text says in one sentence why it can't be had. */
  readonly findModule: (
    digest: Digest,
    repository: string | null,
  ) => Promise<TriedModule | string | undefined> | TriedModule | string | undefined;
  /** Makes glue and core modules, in a process that holds nothing. */
  readonly transpile: (component: Uint8Array) => Promise<ModuleResult<Records>>;
}

/** A JavaScript engine becomes 1.5 MB of them. */
const MOST_KEPT = 16;
/** Visitors can have one processor at work, and no more; each who waits holds a module. */
const GATE = { atOnce: 1, waiting: 8 };

/** The pages on which modules run, `/modules/<digest>/playground`, and the frame in which they do. */
export function playgroundRoutes(playground: Playground): readonly Route[] {
  const frame = makeFrameAnswer(playground.frameScript);
  const kept = new Cache<Digest, ModuleResult<Uint8Array>>(MOST_KEPT);
  const gate = openGate(GATE);
  const makeGlue: MakeGlue = (component) =>
    kept.get(sha256(component), () => gate.enter(async () => toGlue(await playground.transpile(component))));
  return [
    ({ path }) => (path.join("/") === "playground/frame" ? frame : undefined),
    async ({ path, params }: Visit) => {
      const [folder, digest, place, part = "", ...more] = path;
      if (folder !== "modules" || place !== "playground" || !isDigest(digest) || more.length > 0)
        return undefined;
      const module = await playground.findModule(digest, params.get("in"));
      if (module === undefined) return undefined;
      if (typeof module === "string") return plainAnswer(502, module);
      if (part === "glue") return await answerGlue(module, makeGlue);
      return answerPart(part, module, { site: playground.site(), digest });
    },
  ];
}

function answerPart(
  part: string,
  module: TriedModule,
  { site, digest }: { readonly site: Site; readonly digest: Digest },
): Answer | undefined {
  switch (part) {
    case "":
      return {
        ...htmlAnswer(playgroundPage(site, { ...module, digest })),
        headers: {
          "content-security-policy": formatContentPolicy({ ...CONTENT_POLICY, "frame-src": "'self'" }),
        },
      };
    case "module.json":
      return toAnswer("application/json", Buffer.from(JSON.stringify(toTold(module))));
    case "manifest.json":
      return toAnswer(MEDIA_TYPE.manifest, module.manifest);
    case "component.wasm":
      return toAnswer("application/wasm", module.component);
    default:
      return undefined;
  }
}

/** In one piece, which all who ask for it are sent. */
type MakeGlue = (component: Uint8Array) => Promise<ModuleResult<Uint8Array>>;

function toGlue(made: ModuleResult<Records>): ModuleResult<Uint8Array> {
  return made.outcome === "ok" ? { outcome: "ok", value: encodeRecords(made.value) } : made;
}

async function answerGlue({ component }: TriedModule, makeGlue: MakeGlue): Promise<Answer> {
  if (findLift(component) !== undefined) return plainAnswer(404, "This module needs no glue.");
  try {
    const made = await makeGlue(component);
    if (made.outcome !== "ok") return plainAnswer(422, `No node would run this module: ${made.detail}.`);
    return toAnswer("application/octet-stream", made.value);
  } catch (error) {
    if (!(error instanceof RegistryFailure) || error.kind !== "busy") throw error;
    return plainAnswer(503, "Too many modules are made ready at the same time: try again in a moment.");
  }
}

function toTold({ kind, metadata, cases }: TriedModule): ToldModule {
  const { kpis, labels = [], annotations = [], settings } = metadata ?? {};
  return {
    kind,
    kpis: [...(kpis?.required ?? []), ...(kpis?.optional ?? [])],
    labels,
    annotations,
    settings: settings ?? null,
    cases,
  };
}

function toAnswer(contentType: string, body: Uint8Array): Answer {
  return { status: 200, contentType, body, caching: "ask" };
}
