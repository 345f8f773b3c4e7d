import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { toPreparedModule } from "../../registry/prepare/source.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";

/** A component as the sandbox takes it. @throws when the transpiler refuses it. */
export async function prepare(wasm: Uint8Array, digest: string, kind: ModuleKind): Promise<PreparedModule> {
  const made = await transpile(wasm, TRANSPILING);
  if (made.outcome !== "ok") throw new Error(made.detail);
  return toPreparedModule({ digest, kind }, made.value);
}
