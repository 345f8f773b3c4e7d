/** What it takes to bring a module from a registry next door, and from the store. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import type { Digest } from "../../registry/digest.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { fetchArtifact, fetchSigned, pullInto, pushArtifact } from "../../registry/transfer.ts";
import { makeKeyPair, parsePrivateKey } from "../../registry/trust/key.ts";
import { trustKeys } from "../../registry/trust/policy.ts";
import { signArtifact } from "../../registry/trust/sign.ts";
import { addPadding } from "../fakes/component.ts";
import { DIST_DIR } from "../setup/build.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { timeMs } from "./statistics.ts";

const MODULE_BYTES = 20_479;
/** Nobody is logged in. */
const OPTIONS = { env: { HOME: "/nonexistent" } };
const WARMING_ROUNDS = 3;

export interface PullDurations {
  /** Over new connections, every digest checked. */
  readonly coldMs: readonly number[];
  /** The same under a policy that the signature at the tag meets. */
  readonly signedMs: readonly number[];
  /** The same with every signature: fetched in both formats, and verified. */
  readonly allSignedMs: readonly number[];
  readonly storeMs: readonly number[];
  /** Of each of these reads, the time over that of `readFile` on the same files, unchecked, just before. */
  readonly storeRatios: readonly number[];
  /** Of all together. */
  readonly parallelMs: number;
}

export async function measurePulls(
  folder: string,
  { rounds, parallel }: { rounds: number; parallel: number },
): Promise<PullDurations> {
  await using registry = await startRegistry({ dir: path.join(folder, "registry") });
  const reference = await pushModule(registry.host);
  const coldMs = await repeat(rounds, () => fetchArtifact(reference, OPTIONS));
  const key = parsePrivateKey(makeKeyPair().privatePem, { where: "a key of the benchmark" });
  await signArtifact(reference, { key, annotations: {}, created: new Date(0) }, OPTIONS);
  const policy = trustKeys([{ name: "team", key: key.public }]);
  const signedMs = await repeat(rounds, () => fetchArtifact(reference, { ...OPTIONS, policy }));
  const allSignedMs = await repeat(rounds, () => fetchSigned(reference, { ...OPTIONS, policy }));
  const storeDir = path.join(folder, "pulled");
  const pull = () => pullInto(openStore(storeDir), reference, OPTIONS);
  const parallelMs = await timeMs(() => Promise.all(Array.from({ length: parallel }, pull)));
  const files = (await readdir(path.join(storeDir, "blobs"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const plainMs: number[] = [];
  const storeMs = await repeat(
    rounds,
    async () => {
      if ((await openStore(storeDir).findModule(reference.digest)) === undefined)
        throw new Error("it's gone");
    },
    async () => void plainMs.push(await timeMs(() => Promise.all(files.map((file) => readFile(file))))),
  );
  const storeRatios = storeMs.map((checkedMs, at) => checkedMs / (plainMs[WARMING_ROUNDS + at] ?? NaN));
  return { coldMs, signedMs, allSignedMs, storeMs, storeRatios, parallelMs };
}

/** @param before each, and not timed. */
async function repeat(
  rounds: number,
  act: () => Promise<unknown>,
  before: () => Promise<void> = async () => {},
): Promise<readonly number[]> {
  const durationsMs: number[] = [];
  for (let round = 0; round < WARMING_ROUNDS + rounds; round++) {
    await before();
    durationsMs.push(await timeMs(act));
  }
  return durationsMs.slice(WARMING_ROUNDS);
}

async function pushModule(host: string): Promise<Reference & { readonly digest: Digest }> {
  const module = await readFile(path.join(DIST_DIR, "modules/occupancy.wasm"));
  const artifact = planArtifact(addPadding(module, MODULE_BYTES - module.byteLength), {
    created: new Date(0),
  });
  await pushArtifact(artifact, parseReference(`${host}/genie/occupancy:1`), OPTIONS);
  return { ...parseReference(`${host}/genie/occupancy@${artifact.digest}`), digest: artifact.digest };
}
