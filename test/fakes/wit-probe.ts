/** A module that tells all that it is asked, written from the types of a WIT; and what it must tell. */
import type { WitType } from "./wit.ts";

type Sample = string | number | bigint | boolean | Sample[] | { [name: string]: Sample };

const LIST = /^list<(.+)>$/;
const PRIMITIVES = ["string", "f64", "u32", "u64", "bool"];

const toCamel = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const toClass = (name: string) => toCamel(`-${name}`);

export class WitProbe {
  readonly #typeByName: ReadonlyMap<string, WitType>;

  constructor(types: readonly WitType[]) {
    this.#typeByName = new Map(types.map((type) => [type.name, type]));
  }

  /** A selector in AssemblyScript: its choices are the request, then the verdicts, in words. */
  get source(): string {
    const records = [...this.#typeByName.values()].filter(
      ({ form, name }) => form === "record" && name !== "choice",
    );
    const tellers = records.map(({ name, members }) => {
      const facts = members.map(([field, type]) => this.#telling(type, `it.${toCamel(field)}`));
      return `function tell${toClass(name)}(it: ${toClass(name)}): string { return "{" + [${facts.join(", ")}].join(" ") + "}"; }`;
    });
    const classes = records.map(({ name }) => toClass(name));
    return `
import { ${[...classes, "Choice", "Verdict"].join(", ")} } from "genie-cni/sdk";
${tellers.join("\n")}
function tellVerdict(it: Verdict): string { return it.isRejected ? "no " + it.reason : "yes " + it.score.toString(); }
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  const said = verdicts.map<string>((one: Verdict) => tellVerdict(one)).join(", ");
  return [new Choice(7, tellRequest(request)), new Choice(9, said)];
}`;
  }

  /** AssemblyScript that makes a text of the value. The SDK parses one field before anybody sees it. */
  #telling(type: string, value: string): string {
    const inner = LIST.exec(type)?.[1];
    if (value === "it.settings") return `${value}.text("it", "")`;
    if (inner !== undefined)
      return `"[" + ${value}.map<string>((one: ${toClass(inner)}) => ${this.#telling(inner, "one")}).join(" ") + "]"`;
    if (type === "string") return value;
    if (PRIMITIVES.includes(type)) return `${value}.toString()`;
    return this.#typeByName.get(type)?.form === "enum"
      ? `i32(${value}).toString()`
      : `tell${toClass(type)}(${value})`;
  }

  /** A value of a type as jco's bindings take it, no two fields alike; it depends on the names of the fields alone. */
  sample(type: string, path = type): Sample {
    const inner = LIST.exec(type)?.[1];
    const number = Buffer.from(path).reduce((sum, byte) => (sum * 31 + byte) % 65_521, 7);
    if (path === "request.settings") return JSON.stringify({ it: path });
    if (inner !== undefined) return [0, 1, 2].map((at) => this.sample(inner, `${path}${at}`));
    if (type === "string") return path;
    if (type === "f64") return number + 0.5;
    if (type === "u64") return (BigInt(number) << 40n) + 1n;
    if (type === "bool") return number % 2 === 1;
    if (type === "u32") return number;
    const { form, members } = this.#find(type);
    if (form !== "record")
      return (
        members
          .map(([name]) => name)
          .toSorted()
          .at(-1) ?? ""
      );
    return Object.fromEntries(
      members.map(([field, each]) => [toCamel(field), this.sample(each, `${path}.${field}`)]),
    );
  }

  /** What the probe says of a sample. */
  tell(type: string, value: Sample): string {
    const inner = LIST.exec(type)?.[1];
    if (inner !== undefined && Array.isArray(value))
      return `[${value.map((one) => this.tell(inner, one)).join(" ")}]`;
    if (typeof value !== "object" && PRIMITIVES.includes(type)) return String(value);
    const { form, members } = this.#find(type);
    if (form === "enum") return String(members.findIndex(([name]) => name === value));
    const field = (name: string) => (value as { [name: string]: Sample })[toCamel(name)] ?? "";
    const tellField = ([name, each]: readonly [string, string]) =>
      name === "settings" ? "request.settings" : this.tell(each, field(name));
    return `{${members.map(tellField).join(" ")}}`;
  }

  #find(name: string): WitType {
    const type = this.#typeByName.get(name);
    if (type === undefined) throw new Error(`the WIT has no type ${name}`);
    return type;
  }
}
