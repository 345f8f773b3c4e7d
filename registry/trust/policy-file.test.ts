import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_TRUST_POLICY } from "../../core/config.ts";
import { makeKey } from "../../test/fakes/signatures.ts";
import { findPolicy } from "./policy-file.ts";

const KEY = makeKey().public;

let dir: string;
let file: string;
let keyFile: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-policy-"));
  file = path.join(dir, "trust.json");
  keyFile = path.join(dir, "team.pub");
  await writeFile(keyFile, KEY.pem);
  await writeFile(file, JSON.stringify({ repositories: { "r.example": { allOf: [{ key: keyFile }] } } }));
});
afterEach(() => rm(dir, { recursive: true }));

const invalid = (message: string) =>
  expect.objectContaining({ kind: "invalidPolicy", message: expect.stringContaining(message) });

test("is read with its keys", async () => {
  expect((await findPolicy(file))?.ruleByPrefix.get("r.example")?.allOf[0]?.key.id).toBe(KEY.id);
});

test("there may be none at the usual place; what is named must be there", async () => {
  expect(await findPolicy(DEFAULT_TRUST_POLICY)).toBeUndefined();
  for (const name of ["none.json", "none/trust.json"])
    await expect(findPolicy(path.join(dir, name))).rejects.toThrow(invalid("can't be read (ENOENT)"));
});

test("a link to a safe file is followed; one to nothing is a policy that can't be read", async () => {
  const link = path.join(dir, "link.json");
  await symlink(file, link);
  expect(await findPolicy(link)).toBeDefined();
  await rm(file);
  await expect(findPolicy(link)).rejects.toThrow(invalid(`${link} can't be read (ENOENT)`));
});

test("a path through a file counts as a policy that can't be read", async () => {
  await expect(findPolicy(`${file}/deeper`)).rejects.toThrow(invalid("ENOTDIR"));
});

test("a folder in its place is refused", async () => {
  await rm(file);
  await mkdir(file);
  await expect(findPolicy(file)).rejects.toThrow(invalid("must be a file"));
});

test("is refused when others may write it, its folder, or a key", async () => {
  for (const each of [file, dir, keyFile]) {
    await chmod(each, 0o777);
    await expect(findPolicy(file)).rejects.toThrow(invalid("nobody else may write"));
    await chmod(each, 0o700);
  }
  expect(await findPolicy(file)).toBeDefined();
});

test.runIf(process.geteuid?.() === 0)("is refused when it, or a key, belongs to somebody else", async () => {
  for (const each of [file, keyFile]) {
    await chown(each, 1234, 0);
    await expect(findPolicy(file)).rejects.toThrow(invalid(each));
    await chown(each, 0, 0);
  }
});

test("is refused without a key that it names", async () => {
  await rm(keyFile);
  await expect(findPolicy(file)).rejects.toThrow(invalid(`${keyFile} can't be read (ENOENT)`));
});

test("is refused when it is too long", async () => {
  await writeFile(file, " ".repeat(2 ** 20 + 1));
  await expect(findPolicy(file)).rejects.toThrow(invalid("at most 1048576 bytes"));
});
