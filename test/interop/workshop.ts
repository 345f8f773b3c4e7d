/** A person's folder with a module, the programs of others, and two real registries under the names that pages use. */
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { findGoTool } from "../setup/go-tools.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { ensureSkopeo } from "../setup/tools.ts";

/** Undefined where there is no Go: what takes it is skipped. */
export const ORAS = await findGoTool("oras");
const COSIGN = await findGoTool("cosign");

const RUN_MS = 60_000;

export interface Workshop extends AsyncDisposable {
  /** Holds `near.wasm`, `README.md` and `golden.json`. */
  readonly dir: string;
  /** Runs lines of a page there, as a person types them; any that fails ends it. @returns stdout. */
  type(lines: string): Promise<string>;
  /** A text of a page with the names of this workshop's registries. */
  toLocal(text: string): string;
}

/** ORAS speaks plain http to localhost by itself. */
const toLocalhost = (host: string) => host.replace("127.0.0.1", "localhost");

export async function openWorkshop(): Promise<Workshop> {
  await using undo = new AsyncDisposableStack();
  const dir = await mkdtemp(path.join(tmpdir(), "genie-workshop-"));
  undo.defer(() => rm(dir, { recursive: true }));
  const registry = undo.use(await startRegistry({ dir: path.join(dir, ".registry") }));
  const mirror = undo.use(await startRegistry({ dir: path.join(dir, ".mirror") }));
  const hosts = { registry: toLocalhost(registry.host), mirror: toLocalhost(mirror.host) };
  const toLocal = (text: string) =>
    text.replaceAll("registry.example", hosts.registry).replaceAll("mirror.example", hosts.mirror);
  await layOutModule(dir);
  const programs = await layOutPrograms(path.join(dir, ".programs"));
  await allowSkopeo(path.join(dir, ".config/containers"), Object.values(hosts));
  const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}`, HOME: dir, GENIE_NODE: process.execPath };
  const kept = undo.move();
  return {
    dir,
    toLocal,
    type: async (lines) => {
      const options = { cwd: dir, env, extendEnv: false, timeout: RUN_MS } as const;
      return (await execa("sh", ["-euc", toLocal(lines)], options)).stdout;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function layOutModule(dir: string): Promise<void> {
  await copyFile(path.join(DIST_DIR, "modules/occupancy.wasm"), path.join(dir, "near.wasm"));
  for (const name of ["README.md", "golden.json"]) {
    await copyFile(path.join(CLONE_DIR, "selectors/occupancy", name), path.join(dir, name));
  }
}

async function layOutPrograms(dir: string): Promise<string> {
  await mkdir(dir);
  const fileByName = { geniectl: path.join(DIST_DIR, "bin/geniectl"), oras: ORAS, cosign: COSIGN };
  for (const [name, file] of Object.entries(fileByName)) {
    if (file !== undefined) await symlink(file, path.join(dir, name));
  }
  const launcher = `#!/bin/sh\nexec "${await ensureSkopeo()}" "$@"\n`; // it finds its libraries by its own place
  await writeFile(path.join(dir, "skopeo"), launcher, { mode: 0o755 });
  return dir;
}

/** What an admin has in /etc: no signatures asked for, and plain http for these registries. */
async function allowSkopeo(dir: string, hosts: readonly string[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
  const registries = hosts.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
  await writeFile(path.join(dir, "registries.conf"), registries.join("\n"));
}

/** The shell blocks of a page between this heading and the next. */
export async function readCommands(page: string, heading: string): Promise<readonly string[]> {
  const text = await readFile(path.join(CLONE_DIR, page), "utf8");
  const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
}
