import path from "node:path";
import { execa } from "execa";

export const CLONE_DIR = path.resolve(import.meta.dirname, "../..");
/** What `buildGenie` makes. */
export const DIST_DIR = path.join(CLONE_DIR, "dist");

const BUILD_MS = 300_000;

/** Makes `dist/` as `npm run build` does; false when the build failed and has said why on stderr. */
export async function buildGenie(): Promise<boolean> {
  const options = { cwd: CLONE_DIR, stdio: "inherit", timeout: BUILD_MS, reject: false } as const;
  const { failed, timedOut } = await execa(process.execPath, ["cni/build.ts"], options);
  if (timedOut) console.error(`error: the build took more than ${BUILD_MS} ms`);
  return !failed;
}
