import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { BuildFailure } from "./failure.ts";
import { buildModule } from "./module.ts";
import { writeSettingsTypes } from "./settings-file.ts";
import { layOutTemplate } from "./template.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), "genie-template-"));
});
afterEach(() => rm(parent, { recursive: true }));

const layOut = (name: string) => layOutTemplate({ kind: "scorer", language: "typescript", name, parent });

test("a folder has all of a module, under its name, and nothing else is left beside it", async () => {
  const folder = await layOut("near");
  expect((await readdir(folder)).toSorted()).toEqual([
    "README.md",
    "golden.json",
    "module.json",
    "module.ts",
    "package.json",
    "settings.d.ts",
    "tsconfig.json",
  ]);
  const readme = await readFile(path.join(folder, "README.md"), "utf8");
  expect(readme).toMatch(/^# near \(scorer\)\n/);
  expect(readme, "a list before an indented block would swallow it").toContain(
    "\n\n```sh\nnpx geniectl build ",
  );
  const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  expect(manifest).toMatchObject({
    name: "near",
    devDependencies: { "genie-cni": `^${packageJson.version}` },
  });
  expect(await readdir(parent)).toEqual(["near"]);
});

test.each(["", ".", "..", "../near", "a/b", "Near", "near-", "a--b", "a b", "-near", "x".repeat(65)])(
  "the name %j is refused, and nothing made",
  async (name) => {
    await expect(layOut(name)).rejects.toThrow("can't be a module's name");
    expect(await readdir(parent)).toEqual([]);
  },
);

describe("what is there already", () => {
  test("stays when it's a folder with something in it, or a file", async () => {
    await mkdir(path.join(parent, "near"));
    await writeFile(path.join(parent, "near/mine.txt"), "mine");
    await writeFile(path.join(parent, "far"), "mine");
    for (const name of ["near", "far"]) await expect(layOut(name)).rejects.toThrow(BuildFailure);
    expect(await readdir(path.join(parent, "near"))).toEqual(["mine.txt"]);
    expect((await readdir(parent)).toSorted()).toEqual(["far", "near"]);
  });

  test("is filled when it's an empty folder", async () => {
    await mkdir(path.join(parent, "near"));
    expect(await readdir(await layOut("near"))).toContain("module.ts");
  });
});

describe("the types of the settings", () => {
  test("follow the schema at the next build", async () => {
    const folder = await layOut("near");
    const types = path.join(folder, "settings.d.ts");
    const before = await readFile(types, "utf8");
    await rm(types);
    const built = await buildModule({ file: path.join(folder, "module.ts") });
    expect(await writeSettingsTypes(built)).toEqual([]);
    expect(await readFile(types, "utf8")).toBe(before);
  });

  test("stay as they are in a file that geniectl didn't make", async () => {
    const folder = await layOut("near");
    const types = path.join(folder, "settings.d.ts");
    await writeFile(types, "export type Settings = object;\n");
    const built = await buildModule({ file: path.join(folder, "module.ts") });
    expect(await writeSettingsTypes(built)).toEqual([
      expect.stringContaining(`${types} is not geniectl's own`),
    ]);
    expect(await readFile(types, "utf8")).toBe("export type Settings = object;\n");
  });
});
