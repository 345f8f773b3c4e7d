/** The way of an author outside the clone: the commands of selectors/README.md, editors, and what goes wrong. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa, ExecaError } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLONE_DIR } from "../setup/build.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { type AuthorFolder, makeAuthorFolder, PATIENT } from "./author-folder.ts";

const PAGE = path.join(CLONE_DIR, "selectors/README.md");

/** The page's commands, from an empty folder to a pinned module. */
const COMMANDS = /(?<=^## Write one$[^]*?```sh\n)[^]*?(?=```)/m;
/** How it is published for others to find. */
const PUBLISHING = /(?<=^`publish` checks[^]*?```sh\n)[^]*?(?=```)/m;
/** A question as the page shows it. */
const QUESTION = /(?<=```json\n)\{\n {2}"name"[^]*?(?=```)/;

const tsc = path.join(CLONE_DIR, "node_modules/.bin/tsc");

const undo = new AsyncDisposableStack();
let author: AuthorFolder;
beforeAll(async () => {
  author = undo.use(await makeAuthorFolder());
}, 60_000);
afterAll(() => undo.disposeAsync());

test("the page's commands lead from an empty folder to a pinned module", async () => {
  const { host } = undo.use(await startRegistry({ dir: path.join(author.dir, "registry") }));
  await writeFile(path.join(author.dir, "10-genie.conf"), '{ "type": "genie" }\n');
  const page = await readFile(PAGE, "utf8");
  const [install = "", ...lines] = (COMMANDS.exec(page)?.[0] ?? "").trim().split("\n");
  expect(install).toMatch(/^npm init -y && npm install genie-cni/); // makeAuthorFolder has done it
  expect(lines.map((line) => /^npx geniectl (\w+) /.exec(line)?.[1])).toEqual([
    "new",
    "build",
    "check",
    "test",
    "bench",
    "run",
    "push",
    "pin",
  ]);

  await writeFile(path.join(author.dir, "question.json"), QUESTION.exec(page)?.[0] ?? "");
  const said: string[] = [];
  for (const line of lines) {
    const patient = line.replace(/geniectl (check|test|run)/, `$& ${PATIENT.join(" ")}`);
    said.push(await author.type(patient.replace("registry.example", host)));
  }
  const [, , , tested, , answered, pushed] = said;
  expect(tested).toContain("5 of 5 cases passed");
  expect(answered).toMatch(/^blue +1$/m);
  expect(await readFile(path.join(author.dir, "10-genie.conf"), "utf8")).toContain(`near@${pushed?.trim()}`);

  const publishing = (PUBLISHING.exec(page)?.[0] ?? "").trim().split("\n");
  expect(publishing.map((line) => /^npx geniectl (\w+) /.exec(line)?.[1])).toEqual(["keygen", "publish"]);
  let published = "";
  for (const line of publishing) {
    const patient = line.replace(/geniectl publish/, `$& ${PATIENT.join(" ")}`);
    published = await author.type(patient.replaceAll("registry.example", host));
  }
  expect(published).toMatch(/^signing it …$[^]*^sha256:[0-9a-f]{64}$/m);
}, 240_000);

test("the commands of a template's own page do as they say, in its folder", async () => {
  const { host } = undo.use(await startRegistry({ dir: path.join(author.dir, "its-registry") }));
  await author.geniectl("new", "selector", "--lang", "assemblyscript", "roomy");
  await author.type("rm -f team.key team.pub; npx geniectl keygen team");
  const page = await readFile(path.join(author.dir, "roomy/README.md"), "utf8");
  const lines = page.split("\n").filter((line) => line.startsWith("npx geniectl"));
  expect(lines).toHaveLength(4);
  const said: string[] = [];
  for (const line of lines) {
    const patient = line.replace(/geniectl (check|test|publish)/, `$& ${PATIENT.join(" ")}`);
    said.push(await author.type(`cd roomy; ${patient.replaceAll("registry.example", host)}`));
  }
  expect(said[0]).toMatch(/^roomy\.wasm: selector in assemblyscript/);
  expect(said[1]).toContain("5 of 5 cases passed");
  expect(said[3]?.trim()).toMatch(/^sha256:[0-9a-f]{64}$/m);
}, 240_000);

describe("an editor understands a template", () => {
  const listMistakes = async (folder: string) => {
    const { stdout } = await execa(tsc, ["-p", folder, "--noEmit"], { cwd: author.dir, reject: false });
    return stdout.split("\n").filter((line) => line.startsWith(folder));
  };

  test.each([
    { of: "scorer assemblyscript", right: ".attribute(", wrong: ".attributo(", said: "Did you mean" },
    { of: "selector assemblyscript", right: "(good, free", wrong: "(god, free", said: "find name 'god'" },
    { of: "scorer typescript", right: "rejectAboveMs =", wrong: "rejectAbove =", said: "'rejectAbove'" },
    { of: "selector typescript", right: "verdict?.tag", wrong: "verdict?.tga", said: "'tga'" },
  ])("$of: no mistake where none is, and one that is made", async ({ of, right, wrong, said }) => {
    const [kind = "", language = ""] = of.split(" ");
    const folder = `edited-${kind}-${language}`;
    await author.geniectl("new", kind, "--lang", language, folder);
    const file = path.join(author.dir, folder, "module.ts");
    const source = await readFile(file, "utf8");
    expect(await listMistakes(folder)).toEqual([]);
    await writeFile(file, source.replace(right, wrong));
    expect(await listMistakes(folder)).toContainEqual(expect.stringContaining(said));
  });
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
    expect((await fail("bad.ts", "--kind", "judge")).exitCode).toBe(2);
  });

  test("without the tools beside it: exit code 1, and the command that gets them", async () => {
    const stray = path.join(author.dir, "geniectl");
    await execa("cp", [path.join(author.dir, "node_modules/genie-cni/dist/bin/geniectl"), stray]);
    const env = { GENIE_NODE: process.execPath };
    const { exitCode, stderr } = await execa(stray, ["build", "bad.ts"], {
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
