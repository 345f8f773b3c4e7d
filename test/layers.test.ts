/** Dependencies point inward: a folder imports only the folders listed for it; effects stay at the edge. */
import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  selectors: [],
  registry: ["core"],
  cni: ["registry", "core"],
};

/** Within the sandbox, too: what runs in the guest process knows nothing of the host's side, nor that of it. */
const APART: readonly (readonly [file: RegExp, name: RegExp])[] = [
  [/^core\/sandbox\/(guest|wire)\//, /\/host\//],
  [/^core\/sandbox\/(host|wire)\//, /\/guest\//],
];

/** What may be imported only where the second column says. */
const EDGES: readonly { name: RegExp; allowedIn: RegExp }[] = [
  { name: /^(node:)?(fs|fs\/promises|net|http|https|dns|os)$/, allowedIn: /^(cni|registry)\// },
  { name: /^(node:)?child_process$/, allowedIn: /^(registry\/file\/file-lock|cni\/warden)\.ts$/ },
  { name: /^execa$/, allowedIn: /^(cni\/|registry\/auth\/helper\.ts$)/ },
];

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`. */
const IMPORT =
  /(?:^|\n)\s*(?:(?:import|export)[^"'`;]*?from|import)\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']/g;

async function readImports(): Promise<{ file: string; name: string }[]> {
  const found: { file: string; name: string }[] = [];
  for await (const file of glob("{core,selectors,registry,cni}/**/*.ts")) {
    if (/\.(test|browser)\.ts$/.test(file)) continue;
    for (const [, from, dynamic] of (await readFile(file, "utf8")).matchAll(IMPORT)) {
      found.push({ file, name: from ?? dynamic ?? "" });
    }
  }
  return found;
}

function folderOf(file: string, name: string): string {
  return path.relative(".", path.resolve(path.dirname(file), name)).split(path.sep)[0] ?? "";
}

test("every relative import stays in its layer", async () => {
  const imports = (await readImports()).filter(({ name }) => name.startsWith(".") && !name.endsWith(".json"));
  const offences = imports.filter(({ file, name }) => {
    const layer = file.split(path.sep)[0] ?? "";
    const target = folderOf(file, name);
    return target !== layer && !MAY_IMPORT[layer]?.includes(target);
  });
  expect(imports.length, "the walk found no import: the test would pass on nothing").toBeGreaterThan(20);
  expect(offences).toEqual([]);
});

test("disk, network and processes are touched only at the edge", async () => {
  const offences = (await readImports()).filter(({ file, name }) =>
    EDGES.some((edge) => edge.name.test(name) && !edge.allowedIn.test(file)),
  );
  expect(offences).toEqual([]);
});

test("both sides of the sandbox share only what crosses the pipe", async () => {
  const offences = (await readImports()).filter(({ file, name }) =>
    APART.some(([here, there]) => here.test(file) && there.test(name)),
  );
  expect(offences).toEqual([]);
});
