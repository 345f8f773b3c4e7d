import path from "node:path";
import { ensureGoProgram, type GoProgram } from "./go-program.ts";
import { type ContainerdPrograms, ensureRuntimes } from "./tools.ts";

const SOURCES = path.join(import.meta.dirname, "go/containerd");
const PACKAGES = "github.com/containerd/containerd/v2/cmd";

const toProgram = (name: string): GoProgram => ({
  name,
  sourceDir: SOURCES,
  package: `${PACKAGES}/${name}`,
  buildMs: 15 * 60_000,
});

/** Builds containerd 2 where that isn't done yet. @throws {MissingToolError} where Go is missing, or can't build it. */
export async function buildContainerd2(
  say: (line: string) => void = console.error,
): Promise<ContainerdPrograms> {
  const { ctr } = await ensureRuntimes(say); // it imports images, and is content with any version
  return {
    containerd: await ensureGoProgram(toProgram("containerd"), say),
    shim: await ensureGoProgram(toProgram("containerd-shim-runc-v2"), say),
    ctr,
  };
}
