/** Compiles `cni/shim/confine`, the native part of the guest's head, with rustc alone. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { ExecaError, execa } from "execa";
import { unlessMissing } from "../../core/missing.ts";

const SOURCE = path.join(import.meta.dirname, "../shim/confine/confine.rs");
export const COMPILE_MS = 180_000;

/** Machines as `uname -m` names them; the head looks for `confine-MACHINE.so`. */
export const MACHINES = ["x86_64", "aarch64"] as const;
export type Machine = (typeof MACHINES)[number];

/** The machine that this process runs on. */
export const OWN_MACHINE: Machine = process.arch === "arm64" ? "aarch64" : "x86_64";

/** What to do where the object can't be made. */
export const REMEDY = "apt-get install rustc gcc";

/** The bars that tests leave out, to see each one stand alone. */
export type NativeBar = "landlock" | "seccomp";

/** @param without bars that the object doesn't raise. */
export interface ObjectPlan {
  readonly machine: Machine;
  /** Where the object goes. */
  readonly file: string;
  readonly without?: readonly NativeBar[];
}

/** Why an object wasn't made, in one line; undefined when it was. */
export async function compileConfineObject(plan: ObjectPlan): Promise<string | undefined> {
  const target = `${plan.machine}-unknown-linux-gnu`;
  try {
    if (!(await hasCore(target))) return `rustc has no core for it: rustup target add ${target}`;
    await execa("rustc", planArguments(plan, target), { timeout: COMPILE_MS });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return explainCompiling(error);
  }
}

/** Whether the part of Rust's library that needs no system is installed for a target. */
async function hasCore(target: string): Promise<boolean> {
  const { stdout } = await execa("rustc", ["--print", "target-libdir", "--target", target], {
    timeout: COMPILE_MS,
  });
  const names = await unlessMissing(readdir(stdout.trim()));
  return names?.some((name) => name.startsWith("libcore-")) ?? false;
}

/** Neither a libc nor the standard library goes in: the object lies beside whatever the node in use brings. */
function planArguments({ machine, file, without = [] }: ObjectPlan, target: string): readonly string[] {
  const linking =
    machine === OWN_MACHINE
      ? ["-C", "link-arg=-nostdlib", "-C", "link-arg=-nostartfiles"]
      : ["--target", target, "-C", "linker=rust-lld", "-C", "linker-flavor=ld.lld"];
  return [
    SOURCE,
    "-o",
    file,
    "--edition",
    "2021",
    "--crate-type",
    "cdylib",
    "-C",
    "panic=abort",
    "-C",
    "opt-level=s",
    "-C",
    "strip=symbols",
    ...linking,
    ...without.flatMap((bar) => ["--cfg", `without_${bar}`]),
  ];
}

/** In one line. */
export function explainCompiling(error: ExecaError): string {
  if (error.code === "ENOENT") return `rustc is missing: ${REMEDY}`;
  const words = typeof error.stderr === "string" ? error.stderr : "";
  const first = words.split("\n").find((line) => line.startsWith("error")) ?? error.shortMessage;
  return `${first} (it takes rustc 1.63 or newer and a linker: ${REMEDY})`;
}
