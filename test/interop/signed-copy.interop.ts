/** Signatures go along when ORAS and skopeo copy a module, and hold at the mirror under a policy that knows it. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkshop, ORAS, type Workshop } from "./workshop.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

describe.skipIf(ORAS === undefined)("a signed module at a mirror", () => {
  const undo = new AsyncDisposableStack();
  let workshop: Workshop;
  let digest: string;
  beforeAll(async () => {
    workshop = undo.use(await openWorkshop());
    await type("geniectl keygen team && geniectl keygen stranger");
    digest = lastLine(await type("geniectl push near.wasm registry.example/team/near:1 --readme README.md"));
    await type("geniectl sign registry.example/team/near:1 --key team.key");
    const rule = {
      allOf: [{ key: path.join(workshop.dir, "team.pub") }],
      signedAs: workshop.toLocal("registry.example/team"),
    };
    const policy = { repositories: { [workshop.toLocal("mirror.example/team")]: rule } };
    await writeFile(path.join(workshop.dir, "trust.json"), JSON.stringify(policy));
  });
  afterAll(() => undo.disposeAsync());

  const type = (lines: string) => workshop.type(lines);
  const lastLine = (text: string) => text.split("\n").at(-1) ?? "";

  async function listHolding(tag: string): Promise<string[]> {
    const said = await type(`geniectl verify mirror.example/team/near:${tag} --policy trust.json --json`);
    const { signatures } = JSON.parse(said);
    return signatures
      .filter(({ holds }: { holds: boolean }) => holds)
      .map(({ format }: { format: string }) => format);
  }

  test("oras discover shows the signature beside the README", async () => {
    const { referrers } = JSON.parse(await type("oras discover --format json registry.example/team/near:1"));
    const types = referrers.map(({ artifactType }: { artifactType: string }) => artifactType);
    expect(types.toSorted()).toEqual(["application/vnd.cni-genie.readme.v1", BUNDLE]);
  });

  test("without its signatures it is refused", async () => {
    await type("oras copy registry.example/team/near:1 mirror.example/team/near:bare");
    await expect(listHolding("bare")).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is not trusted: no signature holds by"),
    });
  });

  test("oras copy -r takes the bundle along, and it holds", async () => {
    await type("oras copy -r registry.example/team/near:1 mirror.example/team/near:1");
    expect(await listHolding("1")).toEqual(["bundle"]);
  });

  test("skopeo takes cosign's tag along, and it holds", async () => {
    const tag = `team/near:${digest.replace(":", "-")}.sig`;
    await type(`skopeo copy docker://registry.example/${tag} docker://mirror.example/${tag}`);
    expect((await listHolding("1")).toSorted()).toEqual(["bundle", "sig"]);
  });

  test("a stranger's signature does not hold there", async () => {
    await type("geniectl push near.wasm mirror.example/team/other:1 --version 2");
    await type("geniectl sign mirror.example/team/other:1 --key stranger.key");
    const verify = "geniectl verify mirror.example/team/other:1 --policy trust.json";
    await expect(type(verify)).rejects.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is not trusted: no signature holds by"),
    });
  });
});
