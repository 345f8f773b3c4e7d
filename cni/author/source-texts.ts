import { readFile } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { FUNCTION_BY_KIND } from "../../core/select/world.ts";
import { ENTRY, type Source } from "./source.ts";

/** The library folder that the compiler asks for `genie-cni/…`. It exists on no disk. */
export const LIBRARY = "genie-library";

/** The files that the AssemblyScript compiler asks for: the author's, the SDK's, and the adapter between them. */
export class SourceTexts {
  readonly file: string;
  readonly #source: Source;
  readonly #sdk: string;
  readonly #textByPath = new Map<string, string>();

  constructor(source: Source, sdk: string) {
    this.file = source.file;
    this.#source = source;
    this.#sdk = sdk;
  }

  /** @returns null, as the compiler wants it, when there is no such file. */
  async find(name: string, base: string): Promise<string | null> {
    const text = await this.#read(name, base);
    if (text !== null && base !== LIBRARY) this.#textByPath.set(name, text);
    return text;
  }

  /** `file:line:column` of an offset in one of the author's files; what concerns the adapter is told of his file. */
  formatPlace(name: string, offset: number): string {
    if (name === `${ENTRY}.ts`) return this.file;
    const lines = (this.#textByPath.get(name) ?? "").slice(0, offset).split("\n");
    const file = name.startsWith("~") ? name : path.join(path.dirname(this.file), name);
    return `${file}:${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
  }

  async #read(name: string, base: string): Promise<string | null> {
    if (name === `${ENTRY}.ts`) return formatAdapter(this.#source);
    if (name === "asconfig.json") return null;
    if (base !== LIBRARY) return findText(path.resolve(base, name));
    const sdkFile = /^genie-cni\/([a-z]+\.ts)$/.exec(name)?.[1];
    return sdkFile === undefined
      ? null
      : findText(path.join(this.#sdk, sdkFile.replace(/^sdk\.ts$/, "index.ts")));
  }
}

/** From the component's export to the author's function. */
function formatAdapter({ file, kind }: Source): string {
  const name = FUNCTION_BY_KIND[kind];
  return `
import { ${name} } from ${JSON.stringify(`./${path.basename(file, ".ts")}`)};
import { answer } from "genie-cni/${kind}";
export { cabi_realloc } from "genie-cni/${kind}";
export function call(parameters: usize): usize {
  return answer(parameters, ${name});
}
`;
}

async function findText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(findErrno(error) ?? "")) return null;
    throw error;
  }
}
