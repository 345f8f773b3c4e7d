/** The way of an author outside the clone, with the words and sources of selectors/README.md. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa, ExecaError } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectComponent } from "../../core/wasm/component.ts";
import { loadComponent } from "../fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../fakes/request.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { type AuthorFolder, makeAuthorFolder } from "./author-folder.ts";

const PAGE = path.join(CLONE_DIR, "selectors/README.md");

/** A fenced block whose first line names its file. */
const SOURCE = /```ts\n\/\/ (?<file>[\w.-]+):.*\n[^]*?\n```/g;
/** The tsconfig.json for editors. */
const EDITOR_CONFIG = /(?<=```json\n)[^]*?(?=```)/;

let author: AuthorFolder;
beforeAll(async () => {
  author = await makeAuthorFolder();
  for (const { 0: block, groups } of (await readFile(PAGE, "utf8")).matchAll(SOURCE)) {
    await writeFile(path.join(author.dir, groups?.["file"] ?? ""), block.replaceAll(/```(ts\n)?/g, ""));
  }
}, 60_000);
afterAll(() => author[Symbol.asyncDispose]());

async function readBuilt(name: string): Promise<Uint8Array> {
  const component = await readFile(path.join(author.dir, name));
  expect(inspectComponent(component).imports).toEqual([]);
  return component;
}

test("the page has one source in each language, and no more", async () => {
  const sources = (await readdir(author.dir)).filter((name) => name.endsWith(".ts"));
  expect(sources.toSorted()).toEqual(["near.ts", "steady.ts"]);
});

test("the scorer in AssemblyScript", async () => {
  const [line] = await author.geniectl("build", "near.ts");
  expect(line).toMatch(/^near\.wasm: scorer in assemblyscript, \d+\.\d kB$/);

  const ask = await loadComponent(await readBuilt("near.wasm"), "scorer");
  const zone = (value: string) => ({ attributes: [{ key: "zone", value }] });
  const request = makeRequest({
    candidates: [makeCandidate("blue", zone("a")), makeCandidate("green", zone("b"))],
  });
  expect(ask({ ...request, settings: '{"zone":"b","elsewhere":0.5}' })).toEqual({
    ok: [
      { tag: "score", val: 0.5 },
      { tag: "score", val: 1 },
    ],
  });
});

test("the selector in plain TypeScript", async () => {
  const [line = ""] = await author.geniectl("build", "steady.ts", "-o", "out.wasm", "--json");
  expect(JSON.parse(line)).toMatchObject({ file: "out.wasm", kind: "selector", language: "typescript" });

  const ask = await loadComponent(await readBuilt("out.wasm"), "selector");
  const free = (value: number) => ({ kpis: [{ name: "free-addresses", value, ageMs: 0 }] });
  const candidates = [
    makeCandidate("blue"),
    makeCandidate("green", free(3)),
    makeCandidate("red", { ...free(3), current: true }),
    makeCandidate("grey", free(9)),
  ];
  const score = { tag: "score", val: 1 } as const;
  const verdicts = [score, score, score, { tag: "reject", val: "full" } as const];
  expect(ask(makeRequest({ candidates }), verdicts)).toEqual({
    ok: [
      { candidate: 2, reason: "3 free addresses" },
      { candidate: 1, reason: "3 free addresses" },
      { candidate: 0, reason: "0 free addresses" },
    ],
  });
});

const tsc = path.join(CLONE_DIR, "node_modules/.bin/tsc");

test("the package's types hold for the TypeScript source", async () => {
  const flags = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022"];
  const { stdout } = await execa(tsc, [...flags, "steady.ts"], { cwd: author.dir, reject: false });
  expect(stdout).toBe("");
});

test("an editor with the page's tsconfig.json finds a mistake in AssemblyScript, and none where none is", async () => {
  const [config = ""] = EDITOR_CONFIG.exec(await readFile(PAGE, "utf8")) ?? [];
  await writeFile(path.join(author.dir, "tsconfig.json"), config);
  const source = path.join(author.dir, "near.ts");
  const good = await readFile(source, "utf8");
  const listMistakes = async () => {
    const { stdout } = await execa(tsc, ["-p", ".", "--noEmit"], { cwd: author.dir, reject: false });
    return stdout.split("\n").filter((line) => line.startsWith("near.ts"));
  };
  expect(await listMistakes()).toEqual([]);
  await writeFile(source, good.replace(".attribute(", ".attributo("));
  expect(await listMistakes()).toEqual([expect.stringContaining("Did you mean 'attribute'?")]);
  await writeFile(source, good);
});

describe("a mistake ends with one line that says what to do", () => {
  const fail = async (...args: string[]): Promise<ExecaError> => {
    const error = await author.geniectl("build", ...args).catch((cause: unknown) => cause);
    if (!(error instanceof ExecaError)) throw new Error("geniectl didn't fail", { cause: error });
    return error;
  };

  test("in the source: exit code 1, place and reason before that line", async () => {
    const source =
      'import { Request } from "genie-cni/sdk";\nexport function score(request: Request): i32 {\n  return 1 +;\n}\n';
    await writeFile(path.join(author.dir, "bad.ts"), source);
    const { exitCode, stderr } = await fail("bad.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      "bad.ts:3:13: Expression expected. (1109)\n" +
        "error: bad.ts is not valid AssemblyScript: mend what the compiler names",
    );
    expect(await readdir(author.dir)).not.toContain("bad.wasm");
  });

  test("in the words: exit code 2", async () => {
    expect((await fail("near.ts", "--kind", "judge")).exitCode).toBe(2);
  });

  test("without the tools beside it: exit code 1, and the command that gets them", async () => {
    const stray = path.join(author.dir, "geniectl");
    await execa("cp", [path.join(author.dir, "node_modules/genie-cni/dist/bin/geniectl"), stray]);
    const env = { GENIE_NODE: process.execPath };
    const { exitCode, stderr } = await execa(stray, ["build", "near.ts"], {
      cwd: author.dir,
      env,
      reject: false,
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        "error: the world and the SDK are not beside this geniectl: run npm install genie-cni, then npx geniectl build",
    });
  });
});
