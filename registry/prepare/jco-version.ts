import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Put in by the build, which bundles that version. */
declare const BUNDLED_JCO_VERSION: string | undefined;

/** The version of the transpiler, which what it makes depends on. */
export const JCO_VERSION =
  typeof BUNDLED_JCO_VERSION === "string" ? BUNDLED_JCO_VERSION : readInstalledVersion();

function readInstalledVersion(): string {
  const entry = createRequire(import.meta.url).resolve("@bytecodealliance/jco");
  const manifest: unknown = JSON.parse(readFileSync(path.join(entry, "../../package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("@bytecodealliance/jco has no version");
}
