import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { fetchArtifact, pushArtifact } from "../../registry/transfer.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { addPadding, makeComponent, SCORER } from "./component.ts";
import { startSlowRegistry } from "./slow-registry.ts";

const PADDING_BYTES = 200_000;

test("what goes through arrives as it is, is counted, and takes its time", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-slow-"));
  await using real = await startRegistry({ dir: folder.path });
  await using slow = await startSlowRegistry(real.host, 200);
  const component = addPadding(await makeComponent(SCORER), PADDING_BYTES);
  const artifact = planArtifact(component, { created: new Date(0) });
  await pushArtifact(artifact, parseReference(`${real.host}/genie/scorer:1`), {});
  const startedMs = performance.now();
  const fetched = await fetchArtifact(parseReference(`${slow.host}/genie/scorer:1`), {});
  expect(performance.now() - startedMs).toBeGreaterThan(900);
  expect(Buffer.from(fetched.wasm)).toEqual(Buffer.from(artifact.wasm));
  expect(slow.log.map((line) => line.replace(/sha256:.*/, "…")).toSorted()).toEqual([
    "GET /v2/genie/scorer/blobs/…",
    "GET /v2/genie/scorer/blobs/…",
    "GET /v2/genie/scorer/manifests/1",
  ]);
});
