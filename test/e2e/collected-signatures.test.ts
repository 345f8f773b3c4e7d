import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeDesk } from "../setup/geniectl.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { ensureTools } from "../setup/tools.ts";

test("the signature under the tag survives a registry that removes what has no tag", async () => {
  await using dir = await mkdtempDisposable(path.join(tmpdir(), "genie-collect-"));
  await using desk = await makeDesk();
  const { dockerRegistry } = await ensureTools();
  await desk.run("keygen", "team");
  let name = "";
  {
    await using before = await startRegistry({ dir: dir.path });
    name = `${before.host}/genie/kept:1`;
    await desk.run("push", "scorer.wasm", name);
    expect(await desk.run("sign", name, "--key", "team.key")).toMatchObject({ exitCode: 0 });
  }
  const collect = ["garbage-collect", "-m", path.join(dir.path, "registry.yml")];
  expect(await execa(dockerRegistry, collect, { reject: false })).toMatchObject({ exitCode: 0 });
  await using after = await startRegistry({ dir: dir.path });
  const policy = {
    repositories: {
      [after.host]: { allOf: [{ key: path.join(desk.folder, "team.pub") }], signedAs: name.split("/")[0] },
    },
  };
  await writeFile(path.join(desk.folder, "trust.json"), JSON.stringify(policy));
  const moved = name.replace(/^[^/]*/, after.host);
  const { exitCode, stdout } = await desk.run("verify", moved, "--policy", "trust.json", "--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).signatures).toMatchObject([
    { format: "sig", holds: true },
    { format: "bundle", holds: false, fault: "it is listed, and gone" },
  ]);
});
