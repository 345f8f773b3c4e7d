import { BinaryError, BinaryReader, findLayer, type Layer, readSections, type Section } from "../binary.ts";
import { CUSTOM_SECTION } from "../metadata-section.ts";
import { checkBound, type Count, openCount } from "./bounds.ts";
import { checkComponentSection } from "./component.ts";
import { checkCoreSection, type CoreModule } from "./core-module.ts";
import { checkCustomSection } from "./custom.ts";
import { addCore, addItem, type Item, openScope, type Scope, sumWeights } from "./scope.ts";
import { checkWorld } from "./world.ts";

/** Raised when a rule becomes stricter: what was prepared under older rules is checked again. */
export const CHECK_VERSION = 2;

const CORE_MODULE_SECTION = 1;
const COMPONENT_SECTION = 4;

/** Copying between memories of two instances is what jco makes modules for. */
const JCO_MEMORIES = 2;

/**
 * Reads a whole component, down to each instruction, in time linear in its size.
 * @throws {BinaryError} at the first thing that no module may have.
 */
export function walkComponent(bytes: Uint8Array): undefined {
  checkBound("bytes", bytes.length);
  const scope = openScope(openCount());
  walkSections({ content: bytes, place: 0 }, scope, 1);
  checkWorld(scope.exports);
}

/** The same for a core module that was made out of a component. */
export function walkCoreModule(bytes: Uint8Array): undefined {
  checkBound("bytes", bytes.length);
  walkModule({ content: bytes, place: 0 }, { count: openCount(), mostMemories: JCO_MEMORIES });
}

/** Part of a file: where it begins there, and what it holds. */
type Part = Pick<Section, "content" | "place">;

function walkSections(part: Part, scope: Scope, depth: number): void {
  checkBound("nesting", depth);
  expectLayer(part, "component");
  const { count } = scope;
  for (const section of readSections(part.content, part.place)) {
    if (section.id === CORE_MODULE_SECTION) {
      count("modules", 1);
      walkModule(section, { count, mostMemories: 1 });
      addCore(scope, "core module");
    } else if (section.id === COMPONENT_SECTION) {
      count("components", 1);
      addItem(scope, walkNested(section, scope, depth + 1));
    } else checkSection(section, count, (reader) => checkComponentSection(section.id, reader, scope));
  }
}

function walkNested(part: Part, outer: Scope, depth: number): Item {
  const scope = openScope(outer.count, outer);
  walkSections(part, scope, depth);
  return {
    sort: "component",
    weight: sumWeights(scope.exports),
    exports: scope.exports,
    instances: scope.instances,
  };
}

function walkModule(part: Part, { count, mostMemories }: Pick<CoreModule, "count" | "mostMemories">): void {
  expectLayer(part, "module");
  const module: CoreModule = { count, mostMemories, memories: 0, importedFunctions: 0, declaredFunctions: 0 };
  for (const section of readSections(part.content, part.place)) {
    checkSection(section, count, (reader) => checkCoreSection(section.id, reader, module));
  }
}

/** Custom sections are alike in both layers. Any other is read to its end. */
function checkSection(
  { id, content, place }: Section,
  count: Count,
  check: (reader: BinaryReader) => void,
): void {
  count("sections", 1);
  const reader = new BinaryReader(content, place);
  if (id === CUSTOM_SECTION) return checkCustomSection(reader, count);
  check(reader);
  if (!reader.atEnd) throw new BinaryError(`has a section with ${reader.left} bytes too many`);
}

function expectLayer({ content, place }: Part, layer: Layer): void {
  const found = findLayer(content);
  if (found !== layer) throw new BinaryError(`has no ${layer} of a known version at byte ${place}`);
}
