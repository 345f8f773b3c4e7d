import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { noteRuns } from "../../core/select/health/note.ts";
import { makeRun, makeSelection } from "../../test/fakes/decision.ts";
import { openHealth } from "../health-file.ts";
import { checkModuleHealth } from "./module-health.ts";

const module = `r.example/team/near@sha256:${"a".repeat(64)}`;

/** What is told of a module that has failed this often in the namespace shop. */
async function examine(failures: number, mode: "enforce" | { canary: number }) {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-health-"));
  const health = openHealth(folder.path, { warn: () => undefined });
  const selection = makeSelection({ scorers: [{ module, mode }] });
  const run = makeRun({
    digest: module.split("@")[1] ?? "",
    mode: mode === "enforce" ? mode : "canary",
    outcome: "trap",
    detail: "why",
  });
  const round = { selection, namespace: "shop", nowMs: Date.now(), trials: [] };
  for (let at = 0; at < failures; at++) await health.update((book) => noteRuns(book, [run], round).book);
  const examined = async (modules: object) => {
    const config = parseConfig(
      JSON.stringify({ name: "genie", type: "genie", genie: { selection: modules } }),
    );
    return checkModuleHealth({ config, folders: { confDir: "", stateDir: folder.path, moduleStore: "" } });
  };
  expect(await examined({})).toEqual([]); // whatever it did: nobody asks it any more
  return await examined({ scorers: [{ module, mode }] });
}

test("a module that isn't asked since it keeps failing is told", async () => {
  expect(await examine(1, "enforce")).toEqual([]);
  expect(await examine(3, "enforce")).toMatchObject([
    {
      check: `module ${module}`,
      state: "warning",
      detail: "keeps failing, and isn't asked for namespace shop: trap, why",
    },
  ]);
});

test("a canary that has halted itself is told", async () => {
  expect(await examine(3, { canary: 50 })).toMatchObject([
    { state: "warning", detail: expect.stringMatching(/^its canary is halted since \S+: trap, why$/) },
  ]);
});
