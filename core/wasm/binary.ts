/** Bytes that don't hold what they say. The message says what and where. */
export class BinaryError extends Error {
  override readonly name = "BinaryError";
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a wasm binary front to back. No length it meets can lead it past its end, or make it stand still. */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#offset];
    if (value === undefined) throw new BinaryError(`ends too early, at byte ${this.#offset}`);
    this.#offset += 1;
    return value;
  }

  /** A byte that tells which kind of thing follows. */
  tag(highest: number): number {
    const tag = this.byte();
    if (tag > highest) throw new BinaryError(`has an unknown tag ${tag} at byte ${this.#offset - 1}`);
    return tag;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      throw new BinaryError(`a length of ${length} at byte ${this.#offset} reaches past the end`);
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
    throw new BinaryError(`a number before byte ${this.#offset} has more than 32 bits`);
  }

  /** A count and as many items. */
  list<T>(readOne: (reader: BinaryReader) => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left -= 1) items.push(readOne(this));
    return items;
  }

  /** A length and as many bytes of UTF-8. */
  text(): string {
    const bytes = this.take(this.u32());
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new BinaryError(`the name before byte ${this.#offset} isn't UTF-8`, { cause });
    }
  }
}

/** `value` in LEB128. */
export function toLeb128(value: number): number[] {
  const low = value % 0x80;
  return value < 0x80 ? [low] : [low + 0x80, ...toLeb128(Math.floor(value / 0x80))];
}

/** What a wasm file is by its first eight bytes. */
export function findLayer(bytes: Uint8Array): "module" | "component" | undefined {
  const [zero, a, s, m, version, , layer, high] = bytes;
  if (zero !== 0 || a !== 0x61 || s !== 0x73 || m !== 0x6d || high !== 0) return undefined;
  if (layer === 0 && version === 1) return "module";
  return layer === 1 ? "component" : undefined;
}

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

/** The top-level sections of a core module or of a component; what is nested in them stays closed. */
export function* readSections(bytes: Uint8Array): Generator<Section> {
  const reader = new BinaryReader(bytes);
  reader.take(8);
  while (!reader.atEnd) yield { id: reader.byte(), content: reader.take(reader.u32()) };
}

/** The items of a section, which is one list and nothing else. */
export function readItems<T>(content: Uint8Array, readOne: (reader: BinaryReader) => T): T[] {
  const reader = new BinaryReader(content);
  const items = reader.list(readOne);
  if (reader.atEnd) return items;
  throw new BinaryError(`has a section with ${content.length - reader.offset} bytes too many`);
}
