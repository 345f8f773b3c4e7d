/** The TypeScript twins of world.wit against the types that jco makes of it. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { generate } from "@bytecodealliance/jco/component";
import { execa } from "execa";
import { expect, test } from "vitest";
import { buildModule } from "../cni/author/module.ts";

/** Compiles only if each twin and its original can stand for each other, but for `readonly`. */
const CHECK = `
import type * as wit from "./interfaces/genie-selection-types.js";
import type * as guest from "../../selectors/sdk/module.d.ts";
import type * as host from "../../core/select/request.ts";

type Plain<T> = T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;
type Same<A, B> = [Plain<A>, Plain<B>] extends [Plain<B>, Plain<A>] ? (keyof A extends keyof B ? (keyof B extends keyof A ? true : false) : false) : false;

export const twins: {
  guestRequest: Same<Omit<guest.Request, "settings">, Omit<wit.Request, "settings">>;
  guestWorkload: Same<guest.Workload, wit.Workload>;
  guestCandidate: Same<guest.Candidate, wit.Candidate>;
  guestKpi: Same<guest.Kpi, wit.Kpi>;
  guestAttribute: Same<guest.Attribute, wit.Attribute>;
  guestVerdict: Same<guest.Verdict, wit.Verdict>;
  guestChoice: Same<guest.Choice, wit.Choice>;
  hostRequest: Same<host.SelectionRequest, wit.Request>;
  hostWorkload: Same<host.Workload, wit.Workload>;
  hostCandidate: Same<host.Candidate, wit.Candidate>;
  hostKpi: Same<host.Kpi, wit.Kpi>;
  hostAttribute: Same<host.Attribute, wit.Attribute>;
  hostVerdict: Same<host.Verdict, wit.Verdict>;
  hostChoice: Same<host.Choice, wit.Choice>;
} = {
  guestRequest: true,
  guestWorkload: true,
  guestCandidate: true,
  guestKpi: true,
  guestAttribute: true,
  guestVerdict: true,
  guestChoice: true,
  hostRequest: true,
  hostWorkload: true,
  hostCandidate: true,
  hostKpi: true,
  hostAttribute: true,
  hostVerdict: true,
  hostChoice: true,
};
`;

const ROOT = path.dirname(import.meta.dirname);

test("the guest's and the host's types are those of world.wit", async () => {
  await using undo = new AsyncDisposableStack();
  await mkdir(path.join(ROOT, ".cache"), { recursive: true });
  const folder = await mkdtemp(path.join(ROOT, ".cache/types-"));
  undo.defer(() => rm(folder, { recursive: true }));

  const { component } = await buildModule({ file: path.join(ROOT, "selectors/highest/module.ts") });
  const { files } = await generate(component, { name: "module", instantiation: { tag: "sync" } });
  await mkdir(path.join(folder, "interfaces"));
  for (const [name, bytes] of files)
    if (name.endsWith(".d.ts")) await writeFile(path.join(folder, name), bytes);
  await writeFile(path.join(folder, "check.ts"), CHECK);
  await writeFile(
    path.join(folder, "tsconfig.json"),
    '{ "extends": "../../tsconfig.json", "include": ["check.ts"] }',
  );

  const { stdout } = await execa("node_modules/.bin/tsc", ["-p", folder], { cwd: ROOT, reject: false });
  expect(stdout).toBe("");
});
