/** A module that ORAS pushed decides where a pod goes, as one that we pushed. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callGenie, makeNode, readDecisions, type TestNode } from "../e2e/node.ts";
import { addNamespace } from "../setup/namespace.ts";
import { openWorkshop, ORAS, readCommands, type Workshop } from "./workshop.ts";

const REFERENCE = "registry.example/team/near:by-oras";

describe.skipIf(ORAS === undefined)("what oras pushes", () => {
  const undo = new AsyncDisposableStack();
  let workshop: Workshop;
  let node: TestNode;
  beforeAll(async () => {
    workshop = undo.use(await openWorkshop());
    node = undo.use(await makeNode());
  });
  afterAll(() => undo.disposeAsync());

  test("is pinned, loaded and asked", async () => {
    const [, push = ""] = await readCommands("registry/README.md", "With other tools");
    await workshop.type(push);
    const selection = { scorers: [{ module: workshop.toLocal(REFERENCE) }], deadlineMs: 10_000 };
    await writeFile(path.join(workshop.dir, "genie.conf"), JSON.stringify(node.config({ selection })));
    const pinned = await workshop.type(`geniectl pin --config genie.conf --store ${node.storeDir}`);

    await using pod = await addNamespace();
    const stdin = await readFile(path.join(workshop.dir, "genie.conf"), "utf8");
    expect(stdin).toContain("@sha256:");
    const added = await callGenie(node, { verb: "ADD", pod, stdin });
    expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
    const digest = pinned.split("\n").at(-1);
    const decision = (await readDecisions(node)).at(-1);
    expect(decision).toMatchObject({ decidedBy: "scores", modules: [{ digest, outcome: "ok" }] });
    expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
  });

  test("is refused when its config describes another component, and nothing is stored", async () => {
    const [, push = ""] = await readCommands("registry/README.md", "With other tools");
    const lying = push.replace('"sha256:$(', `"sha256:${"0".repeat(64)}", "sha256:$(`);
    await expect(workshop.type(lying.replace("--store store", "--store untouched"))).rejects.toMatchObject({
      stderr: expect.stringContaining("its config describes another layer"),
    });
    expect(await workshop.type("geniectl list --store untouched")).toMatch(/^no modules in/);
  });

  test("is taken with annotations that lie, and the lie is told", async () => {
    const [, push = ""] = await readCommands("registry/README.md", "With other tools");
    const key = "io.github.cni-genie.module.kind";
    const lying = push.replace("oras push", `oras push --annotation ${key}=selector`);
    const said = await workshop.type(`{ ${lying}\n} 2>&1`);
    expect(said).toContain(`the annotation ${key} says "selector", the module itself "scorer"`);
  });

  const config = "--config config.json:application/vnd.wasm.config.v0+json";
  test.each([
    ["without a config", "near.wasm:application/wasm", 'its config is "application/vnd.oci.empty.v1+json"'],
    ["as bytes of any kind", `${config} near.wasm`, 'its layer is "application/vnd.oci.image.layer.v1.tar"'],
    [
      "with another file beside it",
      `${config} near.wasm:application/wasm README.md:text/markdown`,
      "it has 2 layers instead of one",
    ],
  ])("is refused when pushed %s, and nothing is stored", async (_, files, why) => {
    await workshop.type(`oras push registry.example/team/odd:1 ${files}`);
    await expect(
      workshop.type("geniectl pull registry.example/team/odd:1 --store odd"),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining(`is no wasm module: ${why}`),
    });
    expect(await workshop.type("geniectl list --store odd")).toMatch(/^no modules in/);
  });
});
