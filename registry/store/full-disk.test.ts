import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const script = path.resolve("test/fakes/store-filler.ts");

/** Fills a store on a file system of its own, which is gone with the process. */
async function fill(mountOptions: string): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-full-"));
  const mount = 'mount -t tmpfs -o "$1" none "$2" && exec "$3" "$4" "$2"';
  try {
    const inside = ["sh", "-c", mount, "sh", mountOptions, folder, process.execPath, script];
    const { stdout } = await execa("unshare", ["--user", "--map-root-user", "--mount", ...inside], {
      timeout: 20_000,
    });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a full disk fails with one error, what was there stays sound, and prune makes room", async () => {
  const filled = await fill("size=256k");
  expect(filled).toEqual({
    pruned: { artifacts: Number(Object(filled)["put"]) - 1, left: 2 },
    put: expect.any(Number),
    listed: expect.any(Number),
    failure: expect.stringMatching(/^the module store .* can't be used \(ENOSPC\)$/),
    leftovers: [],
  });
  expect(filled).toHaveProperty("listed", Object(filled)["put"]);
  expect(Object(filled)["put"]).toBeGreaterThan(1);
});

test("a store that can't be written is named", async () => {
  expect(await fill("ro")).toEqual({
    put: 0,
    listed: 0,
    failure: expect.stringMatching(/^the module store .* can't be used \(EROFS\)$/),
    leftovers: [],
  });
});
