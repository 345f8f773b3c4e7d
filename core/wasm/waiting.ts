import { BinaryError, BinaryReader, readSections, type Section } from "./binary.ts";
import { readMemories } from "./memory.ts";

const SECTION = { import: 2, start: 8, code: 10 } as const;
const OP = { end: 0x0b, globalSet: 0x24, i32Const: 0x41 } as const;

/** Of a module whose next instance is made before anyone asks for it: dozens of them may wait in one guest. */
const MOST_PAGES = 16;

/**
 * Whether an instance of this core module may be made ahead of its call: it takes little memory, and no time that the
 * module could draw out, since all that its start function may do is to set globals to constants. One that can't be
 * read can't wait.
 */
export function canWait(core: Uint8Array): boolean {
  try {
    return readWaiting(core);
  } catch (error) {
    if (error instanceof BinaryError) return false;
    throw error;
  }
}

function readWaiting(core: Uint8Array): boolean {
  const pages = readMemories(core).reduce((sum, { initial }) => sum + initial, 0);
  if (pages > MOST_PAGES) return false;
  const sections = [...readSections(core)];
  const start = find(sections, SECTION.start);
  if (start === undefined) return true;
  const code = find(sections, SECTION.code);
  if (code === undefined || find(sections, SECTION.import) !== undefined) return false;
  return onlySetsGlobals(readBody(code, new BinaryReader(start.content).u32()));
}

function find(sections: readonly Section[], wanted: number): Section | undefined {
  return sections.find(({ id }) => id === wanted);
}

/** The function at this index where no function is imported. */
function readBody({ content }: Section, index: number): BinaryReader {
  const reader = new BinaryReader(content);
  reader.u32(); // how many
  for (let left = index; left > 0; left -= 1) reader.part();
  return reader.part();
}

function onlySetsGlobals(body: BinaryReader): boolean {
  if (body.u32() !== 0) return false; // locals
  for (;;) {
    const opcode = body.byte();
    if (opcode === OP.end) return body.atEnd;
    if (opcode !== OP.i32Const && opcode !== OP.globalSet) return false;
    body.skipLeb128(5);
  }
}
