/** Compiles `cni/shim/routes`, the program `genie-routes`, with rustc alone. */
import path from "node:path";
import { ExecaError, execa } from "execa";
import { COMPILE_MS, explainCompiling } from "./confine-object.ts";

const SOURCE = path.join(import.meta.dirname, "../shim/routes/main.rs");

/** For the machine that it is made on. @returns why it wasn't made, in one line; undefined when it was. */
export async function compileRoutesProgram(file: string): Promise<string | undefined> {
  try {
    await execa("rustc", [SOURCE, "-o", file, ...ARGUMENTS], { timeout: COMPILE_MS });
    return undefined;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    return explainCompiling(error);
  }
}

/** Libc goes in: the program runs on whatever node it is copied to. */
const ARGUMENTS = [
  ["--edition", "2021"],
  ...["opt-level=s", "panic=abort", "lto=fat", "strip=symbols", "target-feature=+crt-static"].map(
    (option) => ["-C", option],
  ),
].flat();
