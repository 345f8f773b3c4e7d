/** skopeo and our store: each fills it, the other reads it, and every digest stays as it is. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkshop, type Workshop } from "./workshop.ts";

const undo = new AsyncDisposableStack();
let workshop: Workshop;
let digest: string;
beforeAll(async () => {
  workshop = undo.use(await openWorkshop());
  digest = lastLine(await type("geniectl push near.wasm registry.example/team/near:1 --store store"));
});
afterAll(() => undo.disposeAsync());

const type = (lines: string) => workshop.type(lines);
const lastLine = (text: string) => text.split("\n").at(-1) ?? "";

/** The digest that geniectl sees there. */
const pull = async (reference: string, store: string) =>
  lastLine(await type(`geniectl pull ${reference} --store ${store}`));

test("from registry to registry", async () => {
  const places = "docker://registry.example/team/near:1 docker://mirror.example/team/near:copied";
  await type(`skopeo copy --preserve-digests ${places}`);
  expect(await pull("mirror.example/team/near:copied", "mirrored")).toBe(digest);
});

test("from our store to a registry", async () => {
  await type("skopeo copy oci:store:registry.example/team/near:1 docker://mirror.example/team/near:stored");
  expect(await pull("mirror.example/team/near:stored", "mirrored")).toBe(digest);
});

test("into a store that isn't there yet, and beside what we pulled", async () => {
  await type("skopeo copy docker://registry.example/team/near:1 oci:filled:registry.example/team/near:1");
  await type("geniectl pull registry.example/team/near:1 --store both");
  await type("skopeo copy docker://registry.example/team/near:1 oci:both:mirror.example/team/near:1");
  for (const [store, count] of [
    ["filled", 1],
    ["both", 2],
  ] as const) {
    const [listed, ...more] = JSON.parse(await type(`geniectl list --store ${store} --json`));
    expect(listed).toMatchObject({ digest, kind: "scorer", fault: null });
    expect(listed.references).toHaveLength(count);
    expect(more).toEqual([]);
  }
  expect(await pull(`registry.example/team/near@${digest}`, "filled")).toBe(digest);
});

test("through an archive for a site without a network", async () => {
  await type("skopeo copy oci:store:registry.example/team/near:1 oci-archive:near.tar:near");
  await type("skopeo copy oci-archive:near.tar:near docker://mirror.example/team/near:carried");
  expect(await pull("mirror.example/team/near:carried", "mirrored")).toBe(digest);
});

test("sees the manifest as it was pushed", async () => {
  const raw = await type("skopeo inspect --raw docker://registry.example/team/near:1");
  const blob = path.join(workshop.dir, "store/blobs/sha256", digest.slice("sha256:".length));
  expect(raw).toBe(await readFile(blob, "utf8"));
});
