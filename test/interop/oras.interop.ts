/** ORAS and we, over real registries: what one publishes, the other has. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findReadme } from "../../registry/artifact/document.ts";
import { openStore } from "../../registry/store/store.ts";
import { openWorkshop, ORAS, type Workshop } from "./workshop.ts";

describe.skipIf(ORAS === undefined)("oras", () => {
  const undo = new AsyncDisposableStack();
  let workshop: Workshop;
  let digest: string;
  beforeAll(async () => {
    workshop = undo.use(await openWorkshop());
    digest = await type(
      "geniectl push near.wasm registry.example/team/near:1 --version 1.2.0 --readme README.md --cases golden.json",
    );
  });
  afterAll(() => undo.disposeAsync());

  const type = (lines: string) => workshop.type(lines);
  const read = (name: string) => readFile(path.join(workshop.dir, name));

  test("resolves the tag to the digest that geniectl says", async () => {
    expect(await type("oras resolve registry.example/team/near:1")).toBe(digest);
  });

  test("pulls what we push, into a file with a name", async () => {
    await type("oras pull --output pulled registry.example/team/near:1");
    expect((await read("pulled/module.wasm")).equals(await read("near.wasm"))).toBe(true);
  });

  test("shows what the module says of itself", async () => {
    const said = JSON.parse(await type("oras manifest fetch registry.example/team/near:1"));
    expect(said.annotations).toMatchObject({
      "io.github.cni-genie.module.kind": "scorer",
      "io.github.cni-genie.module.kpis.required": "occupancy",
      "org.opencontainers.image.version": "1.2.0",
    });
  });

  test("discovers README and golden cases, and pulls them into files with names", async () => {
    const found = JSON.parse(await type("oras discover --format json registry.example/team/near:1"));
    const types = found.referrers.map((each: { artifactType: string }) => each.artifactType);
    expect(types.toSorted()).toEqual([
      "application/vnd.cni-genie.golden.v1",
      "application/vnd.cni-genie.readme.v1",
    ]);
    for (const { digest: each } of found.referrers) {
      await type(`oras pull --output beside registry.example/team/near@${each}`);
    }
    for (const name of ["README.md", "golden.json"]) {
      expect((await read(`beside/${name}`)).equals(await read(name))).toBe(true);
    }
  });

  test("copies a module with all that refers to it, every digest as it was", async () => {
    const discover = async (host: string) =>
      JSON.parse(await type(`oras discover --format json ${host}/team/near:1`)).referrers.map(
        (each: { digest: string }) => each.digest,
      );
    await type("oras copy -r registry.example/team/near:1 mirror.example/team/near:1");
    expect(await type("oras resolve mirror.example/team/near:1")).toBe(digest);
    expect((await discover("mirror.example")).toSorted()).toEqual(
      (await discover("registry.example")).toSorted(),
    );
    expect(await type("geniectl pull mirror.example/team/near:1 --store mirrored")).toContain(digest);
  });

  test("fills a store with a module and all that refers to it", async () => {
    await type("oras copy -r --to-oci-layout registry.example/team/near:1 filled:1");
    const [listed, ...more] = JSON.parse(await type("geniectl list --store filled --json"));
    expect(listed).toMatchObject({ digest, kind: "scorer", fault: null });
    expect(more).toEqual([]);
    const reader = openStore(path.join(workshop.dir, "filled")).reader({
      host: "x.example",
      repository: "y",
    });
    expect(await findReadme(reader, listed.digest)).toBe((await read("README.md")).toString());
    const pulled = await type(`geniectl pull nowhere.example/near@${digest} --store filled`);
    expect(pulled.split("\n").at(-1)).toBe(digest);
  });

  test("reads our store", async () => {
    await type("geniectl pull registry.example/team/near:1 --store read");
    await type(`oras copy --from-oci-layout read@${digest} mirror.example/team/near:read`);
    expect(await type("oras resolve mirror.example/team/near:read")).toBe(digest);
  });
});
