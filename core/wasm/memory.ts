import type { ModuleFailure } from "../select/outcome.ts";
import { BinaryError, BinaryReader, findLayer, readSections, type Section, toLeb128 } from "./binary.ts";

const PAGE_BYTES = 65_536;
const MEMORY_SECTION = 5;

/** A memory as a core module defines it, in pages of 64 KiB. */
export interface MemoryType {
  readonly initial: number;
  readonly maximum: number | undefined;
}

type CoreByName = ReadonlyMap<string, Uint8Array>;

/**
 * Writes a maximum into every memory that the core modules define, so that their sum can't pass the limit.
 * What is left over the initial sizes is shared evenly. The engine's own flag can't do it: it holds for one memory.
 */
export function capMemories(
  coreByName: CoreByName,
  limitBytes: number,
): { readonly outcome: "ok"; readonly value: CoreByName } | ModuleFailure {
  try {
    const memories = [...coreByName.values()].flatMap(readMemories);
    const limitPages = Math.floor(limitBytes / PAGE_BYTES);
    const spare = limitPages - memories.reduce((sum, { initial }) => sum + initial, 0);
    if (spare < 0) {
      const needed = (limitPages - spare) / 16;
      return {
        outcome: "memory",
        detail: `starts with ${needed} MiB of memory; ${limitPages / 16} are allowed`,
      };
    }
    const growth = Math.floor(spare / Math.max(memories.length, 1));
    const value = new Map([...coreByName].map(([name, core]) => [name, capModule(core, growth)]));
    return { outcome: "ok", value };
  } catch (error) {
    if (!(error instanceof BinaryError)) throw error;
    return { outcome: "wrongWorld", detail: `a core module ${error.message}` };
  }
}

export function readMemories(core: Uint8Array): MemoryType[] {
  if (findLayer(core) !== "module") throw new BinaryError("is not a core wasm module");
  return [...readSections(core)].filter(({ id }) => id === MEMORY_SECTION).flatMap(readMemorySection);
}

function readMemorySection({ content }: Section): MemoryType[] {
  const reader = new BinaryReader(content);
  const memories: MemoryType[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const flags = reader.byte();
    if (flags > 1) throw new BinaryError("has a shared or 64-bit memory, which no module may have");
    memories.push({ initial: reader.u32(), maximum: flags === 1 ? reader.u32() : undefined });
  }
  return memories;
}

function capModule(core: Uint8Array, growth: number): Uint8Array {
  const parts = [core.subarray(0, 8)];
  for (const section of readSections(core)) {
    const content = section.id === MEMORY_SECTION ? capSection(section, growth) : section.content;
    parts.push(Uint8Array.of(section.id, ...toLeb128(content.length)), content);
  }
  return Buffer.concat(parts);
}

function capSection(section: Section, growth: number): Uint8Array {
  const memories = readMemorySection(section);
  const types = memories.flatMap(({ initial, maximum = Infinity }) => [
    1,
    ...toLeb128(initial),
    ...toLeb128(Math.min(maximum, initial + growth)),
  ]);
  return Uint8Array.of(...toLeb128(memories.length), ...types);
}
