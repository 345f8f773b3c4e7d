/** Archives of geniectl mirror, of ORAS and of skopeo: each is read by the others, every digest as it was. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkshop, ORAS, type Workshop } from "./workshop.ts";

const undo = new AsyncDisposableStack();
let workshop: Workshop;
let digest: string;
beforeAll(async () => {
  workshop = undo.use(await openWorkshop());
  digest = lastLine(await type("geniectl push near.wasm registry.example/team/near:1 --readme README.md"));
  await type("geniectl mirror registry.example/team/near:1 --to near.tar");
});
afterAll(() => undo.disposeAsync());

const type = (lines: string) => workshop.type(lines);
const lastLine = (text: string) => text.split("\n").at(-1) ?? "";

test("skopeo reads ours", async () => {
  const source = "oci-archive:near.tar:registry.example/team/near:1";
  await type(`skopeo copy ${source} docker://mirror.example/team/near:by-skopeo`);
  expect(lastLine(await type("geniectl pull mirror.example/team/near:by-skopeo --store s"))).toBe(digest);
});

test("we read skopeo's", async () => {
  await type(
    "skopeo copy docker://registry.example/team/near:1 oci-archive:skopeo.tar:registry.example/team/near:1",
  );
  expect(lastLine(await type("geniectl mirror --from skopeo.tar --store from-skopeo"))).toBe(digest);
  const [listed] = JSON.parse(await type("geniectl list --store from-skopeo --json"));
  expect(listed).toMatchObject({ digest, references: [workshop.toLocal("registry.example/team/near:1")] });
});

describe.skipIf(ORAS === undefined)("oras", () => {
  test("reads ours, with all that refers to a module", async () => {
    const to = "--to-plain-http mirror.example/team/near:by-oras";
    await type(`oras copy -r --from-oci-layout near.tar@${digest} ${to}`);
    expect(await type("oras resolve mirror.example/team/near:by-oras")).toBe(digest);
    const found = JSON.parse(await type("oras discover --format json mirror.example/team/near:by-oras"));
    expect(found.referrers).toMatchObject([{ artifactType: "application/vnd.cni-genie.readme.v1" }]);
  });

  test("makes backups that we read", async () => {
    await type("oras backup --include-referrers --output oras.tar registry.example/team/near:1");
    const told = "--repository registry.example/team/near --store from-oras --json";
    const { artifacts } = JSON.parse(await type(`geniectl mirror --from oras.tar ${told}`));
    expect(artifacts).toMatchObject([{ digest, companions: 1 }]);
  });
});
