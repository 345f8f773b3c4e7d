import { MODULE_KINDS, type ModuleKind } from "../select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND } from "../select/world.ts";
import { BinaryError, BinaryReader, readItems, readSections, type Section } from "./binary.ts";

/** By their tags. The third, latin1+utf16, no component can have here: jco doesn't transpile it. */
const TEXT_ENCODINGS = ["utf8", "utf16"] as const;

/** How the strings of a component lie in its memory. */
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** How a component's one function is called: names of what its one core module exports. */
export interface Lift {
  readonly kind: ModuleKind;
  readonly func: string;
  readonly memory: string;
  readonly realloc: string;
  /** Frees what the answer took; called once it has been read. */
  readonly postReturn?: string;
  readonly encoding: TextEncoding;
}

/** Sections of a component. Source: component-model, design/mvp/Binary.md. */
const SECTION = {
  custom: 0,
  coreModule: 1,
  coreInstance: 2,
  component: 4,
  alias: 6,
  canon: 8,
  start: 9,
} as const;

/** What a nested component can't have if no function and no code is to come from it. */
const LIVELY: readonly number[] = [SECTION.coreModule, SECTION.coreInstance, SECTION.canon, SECTION.start];
const MOST_LEVELS = 8;

const CORE_FUNC = 0x00;
const CORE_MEMORY = 0x02;

/** Names of the core functions and memories of a component, by index; undefined for another instance's. */
interface Names {
  readonly funcs: string[];
  readonly memories: string[];
}

/**
 * How to call a component of the plain shape, which languages without a runtime of their own compile to: one core
 * module, instantiated once with nothing, and one function lifted from it under the name that the component model's
 * tools give it. Undefined for every other shape, which only a general host can call, and for what can't be read.
 */
export function findLift(bytes: Uint8Array): Lift | undefined {
  try {
    return readLift(bytes);
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  }
}

function readLift(bytes: Uint8Array): Lift | undefined {
  const sections = [...readSections(bytes)];
  if (!isPlain(sections)) return undefined;
  const names: Names = { funcs: [], memories: [] };
  for (const section of sections) {
    if (section.id === SECTION.alias && !readAliases(section, names)) return undefined;
  }
  const canons = sections.filter(({ id }) => id === SECTION.canon);
  const [canon] = canons;
  return canon === undefined || canons.length > 1 ? undefined : readCanon(canon, names);
}

function isPlain(sections: readonly Section[]): boolean {
  const of = (wanted: number): readonly Section[] => sections.filter(({ id }) => id === wanted);
  const [instances, ...more] = of(SECTION.coreInstance);
  return (
    of(SECTION.coreModule).length === 1 &&
    of(SECTION.start).length === 0 &&
    instances !== undefined &&
    more.length === 0 &&
    isOneOfNothing(instances.content) &&
    of(SECTION.component).every(({ content }) => isLifeless(content, MOST_LEVELS))
  );
}

/** A list of one instance, of the first core module, with no argument. */
function isOneOfNothing(content: Uint8Array): boolean {
  return Buffer.compare(content, Uint8Array.of(1, 0x00, 0, 0)) === 0;
}

function isLifeless(component: Uint8Array, levelsLeft: number): boolean {
  if (levelsLeft === 0) return false;
  return [...readSections(component)].every(
    ({ id, content }) =>
      !LIVELY.includes(id) && (id !== SECTION.component || isLifeless(content, levelsLeft - 1)),
  );
}

/** @returns false when a core function or memory comes from elsewhere than a core module's exports. */
function readAliases({ content }: Section, { funcs, memories }: Names): boolean {
  const aliases = readItems(content, readAlias);
  for (const { sort, name } of aliases) {
    if (sort === undefined) continue;
    if (name === undefined) return false;
    if (sort === CORE_FUNC) funcs.push(name);
    if (sort === CORE_MEMORY) memories.push(name);
  }
  return true;
}

/** `sort` of a core alias; undefined of any other. `name` of a core module's export. */
function readAlias(reader: BinaryReader): { sort: number | undefined; name: string | undefined } {
  const isCore = reader.byte() === 0x00;
  const sort = isCore ? reader.byte() : undefined;
  const target = reader.tag(0x02);
  reader.u32();
  if (target !== 0x02) return { sort, name: target === 0x01 ? reader.text() : void reader.text() };
  reader.u32();
  return { sort, name: undefined };
}

/** Names by the tag of their option, and the encoding. */
interface Options {
  encoding: TextEncoding;
  memory?: string | undefined;
  realloc?: string | undefined;
  postReturn?: string | undefined;
}

/** The one function of this section, if it is a plain `canon lift`. */
function readCanon({ content }: Section, names: Names): Lift | undefined {
  const reader = new BinaryReader(content);
  if (reader.u32() !== 1 || reader.byte() !== 0x00 || reader.byte() !== 0x00) return undefined;
  const func = names.funcs[reader.u32()];
  const kind = func === undefined ? undefined : findKind(func);
  const options = readOptions(reader, names);
  reader.u32(); // the function's type
  if (!reader.atEnd || func === undefined || kind === undefined || options === undefined) return undefined;
  const { memory, realloc, postReturn, encoding } = options;
  if (memory === undefined || realloc === undefined) return undefined;
  return { kind, func, memory, realloc, encoding, ...(postReturn === undefined ? {} : { postReturn }) };
}

/** Undefined when there is one that only a general host knows. */
function readOptions(reader: BinaryReader, { funcs, memories }: Names): Options | undefined {
  const options: Options = { encoding: "utf8" };
  for (let left = reader.u32(); left > 0; left -= 1) {
    const tag = reader.byte();
    const encoding = TEXT_ENCODINGS[tag];
    if (encoding !== undefined) options.encoding = encoding;
    else if (tag === 0x03) options.memory = memories[reader.u32()];
    else if (tag === 0x04) options.realloc = funcs[reader.u32()];
    else if (tag !== 0x05) return undefined;
    else if ((options.postReturn = funcs[reader.u32()]) === undefined) return undefined;
  }
  return options;
}

/** The tools' name of a lifted function: `genie:selection/scoring@1.0.0#score`. */
function findKind(func: string): ModuleKind | undefined {
  return MODULE_KINDS.find(
    (kind) => func.startsWith(`${INTERFACE_BY_KIND[kind]}@`) && func.endsWith(`#${FUNCTION_BY_KIND[kind]}`),
  );
}
