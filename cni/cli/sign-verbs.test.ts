import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { FakeRegistry } from "../../test/fakes/registry.ts";
import { CLONE_DIR } from "../../test/setup/build.ts";
import type { Desk } from "../../test/setup/geniectl.ts";
import { setUpDesk } from "../../test/setup/registry-desk.ts";

let registry: FakeRegistry;
let desk: Desk;
let digest: string;
beforeEach(async () => {
  ({ desk, registry } = await setUpDesk());
  digest = (await desk.run("push", "scorer.wasm", at("scorer:1"))).lastLine;
  await desk.run("keygen", "team");
  await desk.run("keygen", "other");
});

const at = (name: string) => `${registry.host}/genie/${name}`;
const file = (name: string) => path.join(desk.folder, name);
const sign = (...words: string[]) => desk.run("sign", at("scorer:1"), "--key", "team.key", ...words);

async function configure(reference: string): Promise<void> {
  const genie = {
    moduleStore: file("store"),
    trust: { policy: file("trust.json") },
    selection: { scorers: [{ module: reference }] },
  };
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie };
  await writeFile(file("genie.conf"), JSON.stringify(config));
}

test("keygen makes a key for its owner alone, and replaces none", async () => {
  expect((await stat(file("team.key"))).mode & 0o777).toBe(0o600);
  const before = await readFile(file("team.key"));
  const again = await desk.run("keygen", "team");
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("team.key is there already") });
  expect(await readFile(file("team.key"))).toEqual(before);
  const { stdout } = await desk.run("keygen", "third", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ key: "third.key", publicKey: "third.pub", encrypted: false });
  expect((await desk.run("keygen", "fourth")).stdout).toMatch(/--signed-by: [\w+/]{43}=\n/);
});

test("keygen leaves no key where it can't write the public one", async () => {
  await writeFile(file("half.pub"), "");
  expect(await desk.run("keygen", "half")).toMatchObject({ exitCode: 1 });
  await expect(stat(file("half.key"))).rejects.toThrow("ENOENT");
});

test("what isn't there can't be verified, and is named whole", async () => {
  const { exitCode, stderr } = await desk.run("verify", at("gone:1"), "--key", "team.pub");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `error: ${at("gone:1")} isn't there: check repository and tag; was it pushed?`,
  });
});

test("a key with a passphrase signs with it, and only with it", async () => {
  await writeFile(file("right"), "correct horse\n");
  await writeFile(file("wrong"), "battery\n");
  await writeFile(file("empty"), "\n");
  await desk.run("keygen", "shut", "--passphrase-file", "right");
  const run = (...words: string[]) => desk.run("sign", at("scorer:1"), "--key", "shut.key", ...words);
  expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("needs a passphrase") });
  for (const name of ["wrong", "empty"])
    expect(await run("--passphrase-file", name)).toMatchObject({ exitCode: 1, stdout: "" });
  expect(await run("--passphrase-file", "right")).toMatchObject({ exitCode: 0, lastLine: digest });
});

test("sign and verify tell each signature", async () => {
  expect(await sign("--annotation", "stage=prod")).toMatchObject({ exitCode: 0, lastLine: digest });
  const { exitCode, stdout } = await desk.run(
    "verify",
    at("scorer:1"),
    "--key",
    "other.pub",
    "--key",
    "team.pub",
    "--json",
  );
  expect(exitCode).toBe(0);
  const known = { holds: true, fault: null, key: "team.pub", repository: at("scorer") };
  expect(JSON.parse(stdout)).toMatchObject({
    admitted: true,
    refusal: null,
    digest,
    signatures: [
      { ...known, format: "sig", annotations: { stage: "prod" } },
      { ...known, format: "bundle", annotations: { stage: "prod" } },
    ],
  });
  const other = await desk.run("verify", at("scorer:1"), "--key", "other.pub", "--json");
  expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error: .* is not trusted: /) });
  expect(JSON.parse(other.stdout)).toMatchObject({
    admitted: false,
    signatures: [{ holds: false }, { holds: false }],
  });
  expect((await desk.run("verify", at("scorer:1"), "--key", "team.pub")).lastLine).toBe(digest);
});

test("verify says what it needs when nothing tells whom to trust", async () => {
  const { exitCode, stderr } = await desk.run("verify", at("scorer:1"), "--config", "genie.conf");
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
  await configure(at("scorer:1"));
  expect((await desk.run("verify", at("scorer:1"), "--config", "genie.conf")).stderr).toMatch(
    /trust\.json can't be read \(ENOENT\): mend the trust policy/,
  );
  expect((await desk.run("verify", at("scorer:1"))).stderr).toMatch(
    "there is no trust policy at /etc/genie/trust.json: name one with --policy",
  );
});

test("a signature that was copied to another repository or another module counts for neither", async () => {
  await sign();
  const signatures = [...registry.manifestByName].filter(([name]) => /scorer\/sha256-/.test(name));
  await desk.run("push", "scorer.wasm", at("copy:1"));
  const other = (await desk.run("push", "selector.wasm", at("scorer:2"))).lastLine;
  for (const [name, bytes] of signatures) {
    registry.manifestByName.set(name.replace("/scorer/", "/copy/"), bytes);
    registry.manifestByName.set(name.replace(/sha256-[a-f0-9]{64}/, other.replace(":", "-")), bytes);
  }
  for (const name of ["copy:1", "scorer:2"])
    expect(await desk.run("verify", at(name), "--key", "team.pub")).toMatchObject({ exitCode: 1 });
  expect(await desk.run("verify", at("scorer:1"), "--key", "team.pub")).toMatchObject({ exitCode: 0 });
});

test("the commands that the README shows do what it says", async () => {
  const readme = await readFile(path.join(CLONE_DIR, "README.md"), "utf8");
  const [, block = ""] = /### Who is trusted[^]*?```sh\n([^]*?)```/.exec(readme) ?? [];
  const lines = block.replaceAll("registry.example", registry.host).trim().split("\n");
  await desk.run("push", "scorer.wasm", at("occupancy:1.0.0"));
  await rm(file("team.key"));
  await rm(file("team.pub"));
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    const [, ...words] = line.replace(/ +#.*$/, "").split(/ +/);
    expect(await desk.run(...words), line).toMatchObject({ exitCode: 0 });
  }
});
