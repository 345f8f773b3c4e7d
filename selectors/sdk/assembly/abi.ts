/**
 * The canonical ABI for the types of world.wit: how values lie in this module's memory.
 * Strings are UTF-16, as AssemblyScript's own are, so they are used where the host wrote them, uncopied.
 * Source: https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
 */

/** The host asks for this alignment for UTF-16 strings and for nothing else in world.wit. */
const STRING_ALIGNMENT: u32 = 2;

/** The host's allocator. A string gets an object header, so that its address is an AssemblyScript string. */
export function cabi_realloc(old: usize, oldSize: usize, alignment: u32, size: usize): usize {
  if (alignment == STRING_ALIGNMENT) return old ? __renew(old, size) : __new(size, idof<string>());
  return old ? heap.realloc(old, size) : heap.alloc(size);
}

/** Reads fields one after the other, in the order of world.wit. */
export class Reader {
  constructor(protected at: usize) {}

  u8(): u8 {
    return load<u8>(this.take(1, 1));
  }

  u32(): u32 {
    return load<u32>(this.take(4, 4));
  }

  u64(): u64 {
    return load<u64>(this.take(8, 8));
  }

  f64(): f64 {
    return load<f64>(this.take(8, 8));
  }

  text(): string {
    const field = this.take(4, 8);
    return load<u32>(field, 4) ? changetype<string>(load<usize>(field)) : "";
  }

  /** The items of a list, of which each takes so many bytes. */
  items(itemSize: usize): Items {
    const field = this.take(4, 8);
    return new Items(load<usize>(field), load<i32>(field, 4), itemSize);
  }

  /** A list of records that have a class here. */
  list<T>(itemSize: usize): T[] {
    return this.items(itemSize).records<T>();
  }

  /** Skips the padding before a field of this alignment. */
  align(alignment: usize): void {
    this.at = (this.at + alignment - 1) & ~(alignment - 1);
  }

  private take(alignment: usize, size: usize): usize {
    this.align(alignment);
    const field = this.at;
    this.at += size;
    return field;
  }
}

/** The items of a list where the host wrote them: one reader for all, which is put before the one to be read. */
export class Items extends Reader {
  constructor(
    private first: usize,
    readonly length: i32,
    private itemSize: usize,
  ) {
    super(first);
  }

  before(position: i32): Items {
    this.at = this.first + usize(position) * this.itemSize;
    return this;
  }

  /** All items, as a class has them. */
  records<T>(): T[] {
    const records = new Array<T>(this.length);
    for (let i = 0; i < records.length; i++) records[i] = instantiate<T>(this.before(i));
    return records;
  }
}

/** `result<list<T>, string>` that holds the list. */
export function ok(items: usize, length: i32): usize {
  return result(0, items, length);
}

/** `result<list<T>, string>` that holds the error. */
export function err(message: string): usize {
  return result(1, changetype<usize>(message), message.length);
}

export function storeText(at: usize, text: string): void {
  store<usize>(at, changetype<usize>(text));
  store<i32>(at, text.length, 4);
}

function result(tag: u8, start: usize, length: i32): usize {
  const at = heap.alloc(12);
  store<u8>(at, tag);
  store<usize>(at, start, 4);
  store<i32>(at, length, 8);
  return at;
}

/** Takes the place of AssemblyScript's `abort`, which would be an import: a module that fails, traps. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  unreachable();
}
