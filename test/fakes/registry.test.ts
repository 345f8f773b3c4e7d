import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { fetchArtifact, pushArtifact } from "../../registry/transfer.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { makeComponent, SCORER } from "./component.ts";
import { startFakeRegistry } from "./registry.ts";

/** What a registry answers to a push, a pull and a question in vain. */
async function exercise(host: string): Promise<unknown[]> {
  const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  const reference = parseReference(`${host}/genie/scorer:1`);
  await pushArtifact(artifact, reference, {});
  await pushArtifact(artifact, reference, {});
  const fetched = await fetchArtifact(reference, {});
  const missing = await fetchArtifact({ ...reference, tag: "2" }, {}).catch((error: unknown) => error);
  return [
    fetched.digest,
    Buffer.from(fetched.manifest).toString(),
    missing instanceof Error && "kind" in missing && missing.kind,
  ];
}

test("behaves as the real registry does, and both keep every byte", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-registry-"));
  try {
    await using real = await startRegistry({ dir });
    await using fake = await startFakeRegistry();
    expect(await exercise(fake.host)).toEqual(await exercise(real.host));
  } finally {
    await rm(dir, { recursive: true });
  }
});
