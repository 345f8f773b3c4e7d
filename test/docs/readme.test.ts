import { access, glob, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { fillTables, README } from "./tables.ts";

const LINK = /\[([^\]]+)\]\((?!https?:|#)([^)#]+)[^)]*\)/g;

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function listLinks(): Promise<{ page: string; text: string; target: string }[]> {
  const pages = ["README.md"];
  for await (const page of glob("{core,cni,registry,selectors,examples}/**/*.md", { cwd: CLONE_DIR }))
    pages.push(page);
  const found = pages.map(async (page) => {
    const text = await readFile(path.join(CLONE_DIR, page), "utf8");
    return [...text.matchAll(LINK)].map(([, words = "", target = ""]) => ({ page, text: words, target }));
  });
  return (await Promise.all(found)).flat();
}

test("every table of the README is what the code says; `npm run docs` writes them", async () => {
  const readme = await readFile(README, "utf8");
  expect(readme.match(/<!-- table: \w+ -->/g)).toHaveLength(4);
  expect(readme).toBe(fillTables(readme));
});

test("every file that a page links to is there", async () => {
  const links = await listLinks();
  const dead: string[] = [];
  for (const { page, target } of links) {
    if (!(await exists(path.join(CLONE_DIR, path.dirname(page), target)))) dead.push(`${page}: ${target}`);
  }
  expect(links.length).toBeGreaterThan(10);
  expect(dead).toEqual([]);
});

test.each([
  ["registry", "path", /^[^.]+(?:\.ts)?$/],
  ["core", "folder", /^[^.]+$/],
  ["cni", "folder", /^[^.]+$/],
])("the map of %s/ has all that lies there, and no more", async (folder, heading, isMapped) => {
  const page = await readFile(path.join(CLONE_DIR, folder, "README.md"), "utf8");
  const [, table = ""] = page.split(`| ${heading} | what it `);
  const rows = (table.split("\n\n")[0] ?? "").split("\n").slice(2);
  const named = rows.flatMap((row) => (row.split("|")[1] ?? "").match(/[\w./-]+/g) ?? []);
  const entries = await readdir(path.join(CLONE_DIR, folder), { withFileTypes: true });
  const found = entries.filter(({ name }) => isMapped.test(name));
  const names = found.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  expect(named.toSorted()).toEqual(names.toSorted());
});

/** A link like [`addChain()`](core/delegate/chain.ts) names a function of that file. */
test("every function that a page names is in the file that it links to", async () => {
  const links = (await listLinks()).filter(({ text }) => /^`\w+\(\)`$/.test(text));
  const missing: string[] = [];
  for (const { page, text, target } of links) {
    const source = await readFile(path.join(CLONE_DIR, path.dirname(page), target), "utf8");
    const name = text.slice(1, -3);
    if (!new RegExp(`(function|const) ${name}\\b`).test(source))
      missing.push(`${page}: ${name} in ${target}`);
  }
  expect(links.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});

test("every verb of geniectl that the README names exists", async () => {
  const named = [...(await readFile(README, "utf8")).matchAll(/^geniectl (\w+)/gm)].map(
    ([, verb = ""]) => verb,
  );
  const { stdout } = await execa(path.join(DIST_DIR, "bin/geniectl"), ["--help"], { timeout: 10_000 });
  expect(named.length).toBeGreaterThan(7);
  for (const verb of named) expect(stdout).toMatch(new RegExp(`^ +${verb} `, "m"));
});

test("every npm script that the README names exists", async () => {
  const { scripts } = JSON.parse(await readFile(path.join(CLONE_DIR, "package.json"), "utf8"));
  const named = [
    ...(await readFile(README, "utf8")).matchAll(
      /npm (?:run )?((?:demo|test|check|bench|build|docs)(?::\w+)?)/g,
    ),
  ];
  expect(named.length).toBeGreaterThan(3);
  for (const [, script] of named) expect(scripts).toHaveProperty(String(script));
});
