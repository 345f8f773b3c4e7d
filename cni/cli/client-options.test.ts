import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Certified, makeCertificates } from "../../test/fakes/certificates.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

const undo = new AsyncDisposableStack();
let desk: Desk;
let certified: Certified;
let registry: FakeRegistry;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  certified = await makeCertificates(desk.folder, "certificates", { names: ["IP:127.0.0.1"] });
  const tls = { cert: await readFile(certified.certificate), key: await readFile(certified.key) };
  registry = undo.use(await startFakeRegistry({ tls }));
});
afterAll(() => undo.disposeAsync());

const push = (...flags: string[]) =>
  desk.run("push", "scorer.wasm", `${registry.host}/team/scorer:1`, ...flags);

test("an authority can be named, before and after the verb", async () => {
  expect(await push("--ca", certified.authority)).toMatchObject({ exitCode: 0, stderr: "" });
  const reference = `${registry.host}/team/scorer:1`;
  const pulled = await desk.run("--ca", certified.authority, "pull", reference, "--store", "store");
  expect(pulled).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a file of settings names it for one host", async () => {
  await mkdir(path.join(desk.folder, "etc"));
  const ca = { [registry.host]: certified.authority };
  await writeFile(path.join(desk.folder, "etc/registries.json"), JSON.stringify({ ca }));
  expect(await push("--registries", "etc/registries.json")).toMatchObject({ exitCode: 0, stderr: "" });
});

test("without it, the error says what to do", async () => {
  const other = await makeCertificates(desk.folder, "other", { names: ["IP:127.0.0.1"] });
  expect(await push("--ca", other.authority)).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^error: .*certificate.*: .*--ca FILE or in \/etc\/genie\/registries.json$/,
    ),
  });
});

test.each([["--ca"], ["--registries"]])("a file behind %s that isn't there is named", async (flag) => {
  expect(await push(flag, "gone")).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: "error: gone can't be read (ENOENT): mend the file that is named",
  });
});

test("a verb that asks no registry reads none of these files", async () => {
  expect(await desk.run("list", "--store", "nowhere", "--ca", "gone")).toMatchObject({ exitCode: 0 });
});
