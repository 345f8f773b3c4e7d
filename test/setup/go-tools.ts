import path from "node:path";
import { ensureGoProgram, findGoProgram, type GoProgram } from "./go-program.ts";
import { MissingToolError } from "./tools.ts";

const SOURCES = path.join(import.meta.dirname, "go");

/** Programs of others that are built from their Go modules. From nothing, two cores take minutes for cosign. */
const GO_TOOLS = {
  oras: {
    name: "oras",
    sourceDir: path.join(SOURCES, "oras"),
    package: "oras.land/oras/cmd/oras",
    buildMs: 10 * 60_000,
  },
  cosign: {
    name: "cosign",
    sourceDir: path.join(SOURCES, "cosign"),
    package: "github.com/sigstore/cosign/v3/cmd/cosign",
    buildMs: 20 * 60_000,
  },
  registries: {
    name: "registries",
    sourceDir: path.join(SOURCES, "registries"),
    package: ".",
    buildMs: 5 * 60_000,
  },
} as const satisfies Record<string, GoProgram>;

/** Builds all of them where Go is at hand. Where one can't be had, one line says so: the tests with it are skipped. */
export async function buildGoTools(say: (line: string) => void = console.error): Promise<void> {
  for (const tool of Object.values(GO_TOOLS)) {
    try {
      await ensureGoProgram(tool, say);
    } catch (error) {
      if (!(error instanceof MissingToolError)) throw error;
      say(`not tested here: what takes ${tool.name}, because ${error.message}`);
    }
  }
}

/** Where the program lies once it is built; undefined where it couldn't be. */
export function findGoTool(name: keyof typeof GO_TOOLS): Promise<string | undefined> {
  return findGoProgram(GO_TOOLS[name]);
}
