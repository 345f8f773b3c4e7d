import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCredential } from "./credentials.ts";

const HOST = "r.example:5000";
const AUTH = Buffer.from("alice:pass:word").toString("base64");
const OTHER = Buffer.from("bob:x").toString("base64");
const ALICE = { username: "alice", password: "pass:word" };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "genie-credentials-"));
});
afterEach(() => rm(home, { recursive: true }));

async function write(settings: unknown, name = ".docker/config.json"): Promise<string> {
  const file = path.join(home, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof settings === "string" ? settings : JSON.stringify(settings));
  return file;
}
const find = (env: Record<string, string> = {}) =>
  findCredential({ repository: `${HOST}/team/app`, env: { HOME: home, PATH: home, ...env } });

test("no file, no login", async () => {
  expect(await find()).toBeUndefined();
});

test.each([HOST, `https://${HOST}`, `https://${HOST}/v2/`, `${HOST}/team`, `${HOST}/team/app`])(
  "a login under %s counts",
  async (key) => {
    await write({ auths: { [key]: { auth: AUTH } } });
    expect(await find()).toEqual(ALICE);
  },
);

test.each(["example:5000", `evil${HOST}`, `${HOST}1`, "r.example", `${HOST}/te`, `${HOST}/team/app/more`])(
  "a login under %s is another's",
  async (key) => {
    await write({ auths: { [key]: { auth: AUTH } } });
    expect(await find()).toBeUndefined();
  },
);

test("the longest prefix wins", async () => {
  await write({ auths: { [HOST]: { auth: OTHER }, [`${HOST}/team`]: { auth: AUTH } } });
  expect(await find()).toEqual(ALICE);
});

test("podman's file comes before docker's, and REGISTRY_AUTH_FILE is the only one where it's set", async () => {
  await write({ auths: { [HOST]: { auth: OTHER } } });
  await write({ auths: { [HOST]: { auth: AUTH } } }, ".config/containers/auth.json");
  expect(await find()).toEqual(ALICE);
  const only = await write({ auths: { [HOST]: { identitytoken: "t" } } }, "only.json");
  expect(await find({ REGISTRY_AUTH_FILE: only })).toEqual({ identityToken: "t" });
  await expect(find({ REGISTRY_AUTH_FILE: path.join(home, "gone") })).rejects.toMatchObject({
    kind: "invalidCredentials",
  });
});

test.each([
  ["a helper for this host that isn't there", { credHelpers: { [HOST]: "gone" } }, "credentialHelper"],
  ["a store that isn't there", { auths: { [HOST]: {} }, credsStore: "gone" }, "credentialHelper"],
  ["an empty login", { auths: { [HOST]: {} } }, "invalidCredentials"],
  ["a login without a colon", { auths: { [HOST]: { auth: "YWxpY2U=" } } }, "invalidCredentials"],
  ["no JSON", "{", "invalidCredentials"],
])("%s is an error, not an anonymous request", async (_, settings, kind) => {
  await write(settings);
  await expect(find()).rejects.toMatchObject({ kind });
});

test("a helper for another host is no concern of ours", async () => {
  await write({ credHelpers: { "other.example": "gone", [`evil${HOST}`]: "gone", [`${HOST}1`]: "gone" } });
  expect(await find()).toBeUndefined();
});

test("a file that never ends, or is a pipe, keeps nobody waiting", async () => {
  await mkdir(path.join(home, ".docker"));
  const file = path.join(home, ".docker/config.json");
  const refused = (why: string) => ({ kind: "invalidCredentials", message: `${file} ${why}` });
  await symlink("/dev/zero", file);
  await expect(find()).rejects.toMatchObject(refused("is not a file"));
  await rm(file);
  await execa("mkfifo", [file]);
  await expect(find()).rejects.toMatchObject(refused("is not a file"));
  await rm(file);
  await writeFile(file, "");
  await truncate(file, 2 ** 30);
  await expect(find()).rejects.toMatchObject(refused(`has ${2 ** 30} bytes, more than ${2 ** 20}`));
});
