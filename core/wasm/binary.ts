/** Bytes that no module may consist of. The message says what, after "it". */
export class BinaryError extends Error {
  override readonly name = "BinaryError";
  /** How its author mends it, where that is known. */
  readonly todo: string | undefined;
  /** The section, the function and the byte; undefined until the reader of a section adds it. */
  where: string | undefined;

  constructor(message: string, { todo, cause }: { readonly todo?: string; readonly cause?: unknown } = {}) {
    super(message, { cause });
    this.todo = todo;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a wasm binary front to back. No length it meets can lead it past its end, or make it stand still. */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #offset = 0;

  /** @param base where the bytes begin in their file. */
  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The next byte's place in the file. */
  get place(): number {
    return this.#base + this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw new BinaryError(`ends too early, at byte ${this.place}`);
    this.#offset += 1;
    return value;
  }

  /** The next byte, which stays the next. */
  peek(): number {
    const value = this.byte();
    this.#offset -= 1;
    return value;
  }

  /** A byte that tells which kind of thing follows. */
  tag(highest: number): number {
    const tag = this.byte();
    if (tag > highest) throw new BinaryError(`has an unknown tag ${tag} at byte ${this.place - 1}`);
    return tag;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      throw new BinaryError(`has a length of ${length} at byte ${this.place} that reaches past the end`);
    }
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  /** An unsigned number of at most 32 bits in LEB128. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new BinaryError(`has a number before byte ${this.place} of more than 32 bits`);
  }

  /** Passes over a number of any kind in LEB128. */
  skipLeb128(mostBytes: number): void {
    for (let left = mostBytes; left > 0; left -= 1) if (this.byte() < 0x80) return;
    throw new BinaryError(`has a number before byte ${this.place} of more than ${mostBytes} bytes`);
  }

  /** A length and a reader of as many bytes. */
  part(): BinaryReader {
    const length = this.u32();
    const place = this.place;
    return new BinaryReader(this.take(length), place);
  }

  /** A count and as many items. */
  list<T>(readOne: (reader: BinaryReader) => T, most = Infinity): T[] {
    const items: T[] = [];
    const count = this.u32();
    if (count > most) throw new BinaryError(`has a list of ${count} before byte ${this.place}`);
    for (let left = count; left > 0; left -= 1) items.push(readOne(this));
    return items;
  }

  /** A length and as many bytes of UTF-8. */
  text(): string {
    const bytes = this.take(this.u32());
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new BinaryError(`has a name before byte ${this.place} that isn't UTF-8`, { cause });
    }
  }
}

/** `value` in LEB128. */
export function toLeb128(value: number): number[] {
  const low = value % 0x80;
  return value < 0x80 ? [low] : [low + 0x80, ...toLeb128(Math.floor(value / 0x80))];
}

export type Layer = "module" | "component";

/** What a wasm file is by its first eight bytes; undefined when it is of no version that we know. */
export function findLayer(bytes: Uint8Array): Layer | undefined {
  const [zero, a, s, m, version, versionHigh, layer, layerHigh] = bytes;
  if (zero !== 0 || a !== 0x61 || s !== 0x73 || m !== 0x6d || versionHigh !== 0 || layerHigh !== 0)
    return undefined;
  if (layer === 0 && version === 1) return "module";
  return layer === 1 && version === 0x0d ? "component" : undefined;
}

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
  /** Where the content begins in the file. */
  readonly place: number;
}

/** Of one layer; empty ones without end would fill the memory of who lists them. */
const MOST_SECTIONS = 10_000;
/** Of one section. */
const MOST_ITEMS = 100_000;

/** The top-level sections of a core module or of a component; what is nested in them stays closed. */
export function* readSections(bytes: Uint8Array, base = 0): Generator<Section> {
  const reader = new BinaryReader(bytes, base);
  reader.take(8);
  for (let count = 1; !reader.atEnd; count++) {
    if (count > MOST_SECTIONS) throw new BinaryError(`has more than ${MOST_SECTIONS} sections`);
    const id = reader.byte();
    const length = reader.u32();
    yield { id, place: reader.place, content: reader.take(length) };
  }
}

/** The items of a section, which is one list and nothing else. */
export function readItems<T>(content: Uint8Array, readOne: (reader: BinaryReader) => T): T[] {
  const reader = new BinaryReader(content);
  const items = reader.list(readOne, MOST_ITEMS);
  if (reader.atEnd) return items;
  throw new BinaryError(`has a section with ${content.length - reader.offset} bytes too many`);
}
