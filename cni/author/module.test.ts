import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadComponent } from "../../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { BuildFailure } from "./failure.ts";
import { buildModule } from "./module.ts";

const AS = 'import { Request, Verdict } from "genie-cni/sdk";\n';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-author-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function build(text: string, name = "scorer.ts") {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return buildModule({ file });
}

async function fail(text: string): Promise<BuildFailure> {
  const failure = await build(text).catch((error: unknown) => error);
  if (!(failure instanceof BuildFailure)) throw new Error("no BuildFailure", { cause: failure });
  return failure;
}

describe("an author's mistake is told with file, line and column", () => {
  test("in AssemblyScript", async () => {
    const { message, report } = await fail(`${AS}export function score(request: Request): Verdict[] {
  const price: string = 1;
  return request.candidatos;
}`);
    const file = path.join(folder, "scorer.ts");
    expect(message).toBe(`${file} is not valid AssemblyScript`);
    expect(report).toEqual([
      expect.stringContaining(`${file}:3:25: Type 'i32' is not assignable`),
      expect.stringContaining(`${file}:4:18: Property 'candidatos' does not exist`),
    ]);
  });

  test("in TypeScript", async () => {
    const { message, report } = await fail("export function score({ candidates ): Verdict[] { return 1 }");
    expect(message).toContain("scorer.ts can't be built as TypeScript");
    expect(report.join("\n")).toContain("scorer.ts:1:36");
  });

  test("in another signature than the world's", async () => {
    const { report } = await fail(`${AS}export function score(request: Request): f64[] { return [1]; }`);
    expect(report).toEqual([expect.stringMatching(/scorer\.ts: Type .*Verdict/)]);
  });
});

test.each([
  ["neither function", "export function scores() {}", "exports neither score nor select"],
  ["both functions", "export const score = 1;\nexport const select = 2;", "exports both score and select"],
  [
    "a clock in AssemblyScript",
    `${AS}export function score(request: Request): Verdict[] { return [Verdict.score(<f64>Date.now())]; }`,
    "needs env.Date.now of the host",
  ],
  [
    "a function of the host in AssemblyScript",
    `${AS}@external("env", "open") declare function open(): void;
     export function score(request: Request): Verdict[] { open(); return []; }`,
    "needs env.open of the host",
  ],
])("refuses %s", async (_, text, message) => {
  expect((await fail(text)).message).toContain(message);
});

test.each([
  [
    "a file of node",
    'import fs from "node:fs";\nexport const score = () => fs.readdirSync("/");',
    "import node:fs",
  ],
  ["a file that isn't there", 'import x from "./nowhere.ts";\nexport const score = () => x;', "nowhere.ts"],
  ["what fails while it starts", "export const score = null.x;", "null"],
])("refuses %s in TypeScript", async (_, text, report) => {
  expect((await fail(text)).report.join("\n")).toContain(report);
});

test("a kind that the source isn't is told before a compiler is asked", async () => {
  const file = path.join(folder, "kind.ts");
  await writeFile(file, `${AS}export function score(request: Request): Verdict[] { return []; }`);
  await expect(buildModule({ file, kind: "selector" })).rejects.toMatchObject({
    message: `${file} is no selector: it exports what makes it a scorer`,
    todo: "leave --kind away, or export select",
  });
});

test("a core module whose exports have other names is told which they are", async () => {
  const file = path.join(folder, "core.wasm");
  await writeFile(file, Buffer.from("0061736d01000000", "hex"));
  await expect(buildModule({ file })).rejects.toMatchObject({
    todo: expect.stringContaining("export genie:selection/scoring@1.0.0#score"),
  });
});

test("a source that isn't there is named", async () => {
  const missing = path.join(folder, "missing.ts");
  await expect(buildModule({ file: missing })).rejects.toThrow(`${missing} can't be read (ENOENT)`);
});

test("the files that a module imports are built into it, whatever asconfig.json says", async () => {
  await writeFile(
    path.join(folder, "asconfig.json"),
    '{ "options": { "runtime": "minimal", "importMemory": true } }',
  );
  await writeFile(
    path.join(folder, "half.ts"),
    "export function half(value: f64): f64 { return value / 2; }",
  );
  const { component, language, kind } = await build(
    `${AS}import { half } from "./half";
     export function score(request: Request): Verdict[] { return [Verdict.score(half(1))]; }`,
    "parts.ts",
  );
  expect({ language, kind }).toEqual({ language: "assemblyscript", kind: "scorer" });
  expect(component.byteLength).toBeLessThan(15_000);
});

test("what the file beside it says of a module is put into it; built alike, it has the same bytes", async () => {
  const text = `${AS}export function score(request: Request): Verdict[] { return []; }`;
  const plain = await build(text, "told.ts");
  expect(readEmbeddedMetadata(plain.component)).toEqual({ faults: [] });
  await writeFile(path.join(folder, "told.json"), '{ "description": "near", "labels": ["zone"] }');
  const { component } = await build(text, "told.ts");
  expect(readEmbeddedMetadata(component).metadata).toMatchObject({ description: "near", labels: ["zone"] });
  expect((await build(text, "told.ts")).component).toEqual(component);
});

test("metadata that can't be used is told with file and field, before anything is compiled", async () => {
  const file = path.join(folder, "wrong.json");
  await writeFile(
    file,
    '{ "kpi": {}, "settings": { "type": "object", "properties": { "a": { "pattern": "x" } } } }',
  );
  const failure = await build("export function score() { nonsense", "wrong.ts").catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    name: "BuildFailure",
    message: `${file} can't be a module's metadata: settings.properties.a: unknown key "pattern"; unknown key "kpi", did you mean "kpis"?`,
    report: [], // the line says it all
  });
});

test("the same AssemblyScript gives the same bytes in another folder", async () => {
  const original = path.join(import.meta.dirname, "../../selectors/cheapest-within/module.ts");
  const copy = path.join(folder, "elsewhere/module.ts");
  await cp(path.dirname(original), path.dirname(copy), { recursive: true });
  const [here, there] = [await buildModule({ file: original }), await buildModule({ file: copy })];
  expect(Buffer.from(there.component).equals(here.component)).toBe(true);
});

describe("a top level that never ends", () => {
  const endless = async () => {
    const file = path.join(folder, "endless.ts");
    await writeFile(file, "for (;;) globalThis.turn = 1;\nexport const score = () => [];\n");
    return file;
  };

  test("is stopped, and the author told where the work belongs", async () => {
    const failure = await buildModule({ file: await endless() }, { deadlineMs: 1_500 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(BuildFailure);
    expect(String(failure)).toContain(
      "endless.ts can't be built as TypeScript: its top level didn't end within",
    );
  });

  test("ends with the build that a signal stops", async () => {
    const stop = new AbortController();
    const building = buildModule({ file: await endless() }, { signal: stop.signal, deadlineMs: 600_000 });
    setTimeout(() => stop.abort(new Error("stopped")), 500);
    await expect(building).rejects.toThrow("stopped");
  });
});

test.each(["plain.mjs", "plain.js"])("JavaScript builds and answers as well: %s", async (name) => {
  const text = `const score = ({ candidates, settings }) => candidates.map(() => ({ tag: "score", val: settings.all }));`;
  const { kind, language, component } = await build(`${text}\nexport { score };\n`, name);
  expect({ kind, language }).toEqual({ kind: "scorer", language: "typescript" });
  const ask = await loadComponent(component, kind);
  const request = makeRequest({ candidates: [makeCandidate("blue")], settings: '{"all":0.5}' });
  expect(ask(request)).toEqual({ ok: [{ tag: "score", val: 0.5 }] });
});

test("metadata may lie elsewhere, and must be there once it is named", async () => {
  const file = path.join(folder, "placed.ts");
  await writeFile(file, `${AS}export function score(request: Request): Verdict[] { return []; }`);
  const metadataFile = path.join(folder, "elsewhere.json");
  await expect(buildModule({ file, metadataFile })).rejects.toThrow(`${metadataFile} isn't there`);
  await writeFile(metadataFile, '{ "description": "far" }');
  const { component } = await buildModule({ file, metadataFile });
  expect(readEmbeddedMetadata(component).metadata).toMatchObject({ description: "far" });
});
