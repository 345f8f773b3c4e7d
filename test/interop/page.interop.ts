/** The commands of registry/README.md, as written, over real registries. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkshop, ORAS, readCommands, type Workshop } from "./workshop.ts";

const [withOras = "", pushed = "", withSkopeo = "", ...more] = await readCommands(
  "registry/README.md",
  "With other tools",
);

describe.skipIf(ORAS === undefined)("registry/README.md", () => {
  const undo = new AsyncDisposableStack();
  let workshop: Workshop;
  let digest: string;
  beforeAll(async () => {
    workshop = undo.use(await openWorkshop());
  });
  afterAll(() => undo.disposeAsync());

  test("has three blocks, which are run in turn", () => {
    for (const block of [withOras, pushed, withSkopeo]) expect(block).not.toBe("");
    expect(more).toEqual([]);
  });

  test("with ORAS", async () => {
    const said = await workshop.type(withOras);
    [digest = ""] = /^sha256:[a-f0-9]{64}$/m.exec(said) ?? [];
    expect(said).toContain('"io.github.cni-genie.module.kind": "scorer"');
    expect(said).toContain("application/vnd.cni-genie.readme.v1");
    expect(await workshop.type("oras resolve mirror.example/team/near:1.2.0")).toBe(digest);
    const [pulled, own] = ["near/module.wasm", "near.wasm"].map((file) =>
      readFile(path.join(workshop.dir, file)),
    );
    expect((await pulled)?.equals((await own) ?? Buffer.alloc(0))).toBe(true);
  });

  test("what ORAS pushes", async () => {
    const said = await workshop.type(pushed);
    const resolved = await workshop.type("oras resolve registry.example/team/near:by-oras");
    expect(said.split("\n").at(-1)).toBe(resolved);
  });

  test("with skopeo", async () => {
    const said = await workshop.type(withSkopeo);
    expect(said).toMatch(new RegExp(`team/near:1\\.2\\.0 +${digest} +scorer`));
    expect(await workshop.type("oras resolve mirror.example/team/near:by-skopeo")).toBe(digest);
  });
});
