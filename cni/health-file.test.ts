import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeRun, makeSelection } from "../test/fakes/decision.ts";
import { digestOf, module } from "../test/fakes/scripted-decision.ts";
import { formatHealthBook, type HealthBook } from "../core/select/health/book.ts";
import { noteRuns } from "../core/select/health/note.ts";
import { openHealth, toHealthFile } from "./health-file.ts";

let stateDir: string;
let warnings: string[];
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-health-")), "state");
  warnings = [];
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

const open = () => openHealth(stateDir, { warn: (_, message) => void warnings.push(message) });
const round = {
  selection: makeSelection({ scorers: [module("a")] }),
  namespace: "shop",
  nowMs: 5,
  trials: [],
};
const note = (book: HealthBook) => noteRuns(book, [makeRun({ digest: digestOf("a") })], round).book;

test("what is noted is there for the next process", async () => {
  expect(await open().read()).toEqual([]);
  await open().update(note);
  await open().update(note);
  expect(await open().read()).toMatchObject([{ digest: digestOf("a"), runs: 2 }]);
  expect(await readdir(stateDir)).toEqual(["modules.json"]);
  expect((await stat(toHealthFile(stateDir))).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test("where nothing changes nothing is written", async () => {
  await open().update((book) => book);
  await expect(readdir(stateDir)).rejects.toMatchObject({ code: "ENOENT" });
});

const far = formatHealthBook(
  note([]).map((one) => ({ ...one, haltedAtMs: 1e300, circuits: { namespaces: [] } })),
);

test.each(["", "{", '{"version":1}', far, "\0".repeat(100), " ".repeat(4 * 2 ** 20 + 1)])(
  "a damaged file is an empty book and a warning, and the next note mends it",
  async (text) => {
    await mkdir(stateDir);
    await writeFile(toHealthFile(stateDir), text);
    expect(await open().read()).toEqual([]);
    expect(warnings).toEqual(["what is known of the modules' failures is damaged: it begins anew"]);
    await open().update(note);
    expect(JSON.parse(await readFile(toHealthFile(stateDir), "utf8"))).toMatchObject({
      modules: [{ runs: 1 }],
    });
  },
);

test("a disk that says no is warned about, and stops nothing", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  await open().update(note);
  expect(await open().read()).toEqual([]);
  expect(warnings).toEqual([
    "what is known of the modules' failures can't be read",
    "what the modules did could not be remembered",
    "what is known of the modules' failures can't be read",
  ]);
});
