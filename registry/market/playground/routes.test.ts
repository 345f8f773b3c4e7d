import { expect, test } from "vitest";
import type { Records } from "../../../core/sandbox/wire/records.ts";
import type { ModuleResult } from "../../../core/select/outcome.ts";
import { type Digest, sha256 } from "../../digest.ts";
import type { Answer } from "../http/answer.ts";
import { playgroundRoutes, type TriedModule } from "./routes.ts";

/** A component with nothing in it but a custom section. */
function makeModule(name: string): TriedModule {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
  const component = Uint8Array.from([...header, 0, name.length + 1, name.length, ...Buffer.from(name)]);
  const about = { title: name, repository: "r.example/m", reference: "r.example/m:1" };
  return { ...about, kind: "scorer", manifest: component, component, metadata: undefined, cases: [] };
}

function open(transpile: (component: Uint8Array) => Promise<ModuleResult<Records>>) {
  const moduleByDigest = new Map<Digest, TriedModule>();
  const routes = playgroundRoutes({
    site: () => {
      throw new Error("there are no pages here");
    },
    frameScript: "",
    findModule: (digest) => moduleByDigest.get(digest),
    transpile,
  });
  return async (module: TriedModule): Promise<Answer | undefined> => {
    const digest = sha256(module.manifest);
    moduleByDigest.set(digest, module);
    const { signal } = new AbortController();
    const visit = { path: ["modules", digest, "playground", "glue"], params: new URLSearchParams(), signal };
    for (const route of routes) {
      const answer = await route(visit);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
}

test("modules that take long to be made ready are turned away rather than gathered", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const ask = open(async () => {
    await released;
    return { outcome: "ok", value: new Map([["glue", new Uint8Array(1)]]) };
  });
  const asked = Array.from({ length: 12 }, (_, at) => ask(makeModule(`m${at}`)));
  release();
  const statuses = (await Promise.all(asked)).map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(9);
  expect(statuses.filter((status) => status === 503)).toHaveLength(3);
  expect(await ask(makeModule("m11")), "later").toMatchObject({ status: 200 });
});

test("all who ask for the same are sent the same bytes", async () => {
  const ask = open(() => Promise.resolve({ outcome: "ok", value: new Map([["glue", new Uint8Array(1)]]) }));
  const [one, other] = await Promise.all([ask(makeModule("m")), ask(makeModule("m"))]);
  expect(one?.body).toBe(other?.body);
});
