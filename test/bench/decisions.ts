import { readFile } from "node:fs/promises";
import path from "node:path";
import { spawnGuest } from "../../cni/guest-process.ts";
import { parseConfig } from "../../core/config.ts";
import { openSandbox } from "../../core/sandbox/host/sandbox.ts";
import type { ModuleSource, Sandbox } from "../../core/sandbox/port.ts";
import { decide } from "../../core/select/pipeline.ts";
import type { Question } from "../../core/select/question.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { openModuleSource, prepareModule } from "../../registry/prepare/source.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { DIST_DIR } from "../setup/build.ts";
import { timeMs } from "./statistics.ts";

/** The first calls, before the compilers are warm, must not end the measurement. */
const PATIENT_MS = 5_000;
const LIMITS = { memoryBytes: 16 * 2 ** 20, loadMs: 1_000 };

/** Puts a built module into a store, prepared as `geniectl pull` does. @returns its pinned reference. */
export async function storeModule(storeDir: string, file: string): Promise<string> {
  const artifact = planArtifact(await readFile(path.join(DIST_DIR, "modules", file)), {
    created: new Date(0),
  });
  const reference = `registry.example/genie/${path.parse(file).name}@${artifact.digest}`;
  await openStore(storeDir).put(artifact, parseReference(reference));
  await prepareModule(storeDir, artifact, TRANSPILING);
  return reference;
}

function openGuest(): Sandbox {
  return openSandbox(() => spawnGuest(path.join(DIST_DIR, "bin/genie-guest")), LIMITS);
}

/** Durations of `rounds` decisions, with a scorer and a selector, in a guest that has them. */
export async function measureDecisions(
  { storeDir, scorer, selector }: { storeDir: string; scorer: string; selector: string },
  { candidates, rounds }: { candidates: number; rounds: number },
): Promise<readonly number[]> {
  await using sandbox = openGuest();
  const source = rememberModules(openModuleSource(storeDir, TRANSPILING));
  const selection = { scorers: [{ module: scorer }], selector: { module: selector }, deadlineMs: PATIENT_MS };
  const ports = { source, sandbox, nowMs: () => performance.now() };
  const durationsMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const question = makeQuestion(selection, candidates); // each pod's candidates are read anew
    durationsMs.push(
      await timeMs(async () => {
        const { decidedBy, modules } = await decide(question, ports);
        if (decidedBy !== "selector")
          throw new Error(`a measured decision failed: ${JSON.stringify(modules)}`);
      }),
    );
  }
  return durationsMs.slice(Math.min(100, rounds / 10)); // the first ones warm the compilers
}

/** A daemon keeps what it has read; the store is measured on its own. */
function rememberModules(source: ModuleSource): ModuleSource {
  const moduleByReference = new Map<string, ReturnType<ModuleSource["load"]>>();
  return {
    load(reference, kind) {
      const known = moduleByReference.get(reference) ?? source.load(reference, kind);
      moduleByReference.set(reference, known);
      return known;
    },
  };
}

function makeQuestion(selection: object, candidates: number): Question {
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie: { selection } };
  return {
    request: makeRequest({ candidates: makeOrdinaryCandidates(candidates) }),
    selection: parseConfig(JSON.stringify(config)).genie.selection,
    defaultNetwork: undefined,
    mayFail: true,
  };
}

/** From the store to the first answer: read, checked, loaded and asked, in a guest that runs already. */
export async function measureModuleLoad(storeDir: string, reference: string, rounds: number) {
  const durationsMs: number[] = [];
  const { request } = makeQuestion({}, 10);
  for (let round = 0; round < rounds; round++) {
    await using sandbox = openGuest();
    await sandbox.load({ digest: "warm", kind: "scorer", glue: new Uint8Array(), coreByName: new Map() });
    durationsMs.push(
      await timeMs(async () => {
        const module = await openModuleSource(storeDir, TRANSPILING).load(reference, "scorer");
        if (module.outcome !== "ok") throw new Error(module.detail);
        await sandbox.load(module.value);
        const { outcome } = await sandbox.score(module.value.digest, { ...request, settings: "{}" }, 1_000);
        if (outcome !== "ok") throw new Error(`a measured call failed: ${outcome}`);
      }),
    );
  }
  return durationsMs;
}
