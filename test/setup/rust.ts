import { access } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { unlessMissing } from "../../core/missing.ts";
import { CLONE_DIR } from "./build.ts";

export const RUST_EXAMPLE = path.join(CLONE_DIR, "examples/02-rust-scorer");
/** Another implementation of the layout of modules in registries. */
export const OCI_WASM = path.join(CLONE_DIR, "test/setup/rust/oci-wasm");
const TARGET = "wasm32-unknown-unknown";

const SEARCH_MS = 10_000;
const FETCH_MS = 180_000;

/**
 * Fetches what cargo needs to build what is in Rust without a network: the target's library, and the crates.
 * @returns what is missing and how it is had, in one line; undefined when all is there.
 */
export async function fetchForRust(say: (line: string) => void = console.error): Promise<string | undefined> {
  if ((await run(["cargo", "--version"], SEARCH_MS)).failed)
    return "cargo is missing; install Rust 1.88 or newer";
  if (!(await hasTarget())) {
    say(`fetching ${TARGET} with rustup …`);
    const { failed, why } = await run(["rustup", "target", "add", TARGET], FETCH_MS);
    if (failed)
      return `Rust's target ${TARGET} is missing; get it with: rustup target add ${TARGET} (${why})`;
  }
  for (const [cwd, ...target] of [[RUST_EXAMPLE, "--target", TARGET], [OCI_WASM]] as const) {
    const { failed, why } = await run(["cargo", "fetch", "--locked", ...target], FETCH_MS, cwd);
    if (failed) return `cargo can't fetch the crates of ${cwd} (${why})`;
  }
  return undefined;
}

async function hasTarget(): Promise<boolean> {
  const words = ["rustc", "--print", "target-libdir", "--target", TARGET] as const;
  const { failed, stdout } = await run(words, SEARCH_MS);
  return !failed && (await unlessMissing(access(stdout.trim()).then(() => true))) === true;
}

/** `why` is the last line that it said. */
async function run([program, ...words]: readonly [string, ...string[]], timeout: number, cwd = RUST_EXAMPLE) {
  const options = { cwd, timeout, reject: false } as const;
  const { failed, stdout, stderr, shortMessage } = await execa(program, words, options);
  return { failed, stdout, why: stderr.trim().split("\n").at(-1) ?? shortMessage };
}
