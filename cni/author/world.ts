import { readFile } from "node:fs/promises";
import { findVersion, type WorldVersion } from "../../core/select/world.ts";
import { BuildFailure } from "./failure.ts";

/** A WIT file that modules are built for. */
export interface World {
  readonly file: string;
  readonly text: string;
  /** As it stands in the names of the exports: `1.0.0`. */
  readonly version: string;
  /** The oldest host that serves it. */
  readonly host: WorldVersion;
}

/** @throws {BuildFailure} when the file isn't a version of genie's package. */
export async function readWorld(file: string): Promise<World> {
  const text = await readFile(file, "utf8");
  const version = /^package genie:selection@([\d.]+);$/m.exec(text)?.[1] ?? "";
  const host = findVersion(version);
  if (host !== undefined) return { file, text, version, host };
  throw new BuildFailure(`${file} doesn't begin with package genie:selection and its version`, {
    todo: "take the world.wit that comes with genie",
  });
}
