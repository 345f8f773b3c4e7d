import { MODULE_KINDS, type ModuleKind } from "../../select/request.ts";
import { findVersion, FUNCTION_BY_KIND, INTERFACE_BY_KIND, SERVED } from "../../select/world.ts";
import { BinaryError } from "../binary.ts";
import type { Item } from "./scope.ts";

/** The types of `selectors/wit/world.wit`, the same in every 1.x, as `written.ts` writes them. */
const ATTRIBUTES = "list<record<key:string,value:string>>";
const KPIS = "list<record<name:string,value:f64,age-ms:u32>>";
const CANDIDATE = `record<network:string,plugin:string,attributes:${ATTRIBUTES},kpis:${KPIS},current:bool>`;
const WORKLOAD =
  `record<orchestrator:string,namespace:string,name:string,labels:${ATTRIBUTES},` +
  `annotations:${ATTRIBUTES},node:string>`;
const REQUEST =
  `record<purpose:enum<attach,switch,simulate>,workload:${WORKLOAD},candidates:list<${CANDIDATE}>,` +
  `count:u32,settings:string,seed:u64,extensions:${ATTRIBUTES}>`;
const VERDICTS = "list<variant<score:f64,reject:string>>";
const CHOICES = "list<record<candidate:u32,reason:string>>";

const SHAPE_BY_KIND: Readonly<Record<ModuleKind, string>> = {
  scorer: `func<${REQUEST},result<${VERDICTS},string>>`,
  selector: `func<${REQUEST},${VERDICTS},result<${CHOICES},string>>`,
};

/**
 * Holds the functions that a host calls against the world's: it passes values as world.wit has them, whatever a
 * component says of its own, and so a field less would shift all those behind it.
 * @param exports of the component.
 */
export function checkWorld(exports: ReadonlyMap<string, Item>): void {
  for (const [name, { exports: functions }] of exports) {
    const kind = MODULE_KINDS.find((one) => isOfWorld(name, one));
    const func = kind && functions?.get(FUNCTION_BY_KIND[kind]);
    if (kind === undefined || func?.shape === SHAPE_BY_KIND[kind]) continue;
    const how = func === undefined ? "without its function" : "with a function of other types:";
    throw new BinaryError(`exports ${name} ${how} ${FUNCTION_BY_KIND[kind]}`, {
      todo: "build it for selectors/wit/world.wit as it is: no field, case or type may be changed",
    });
  }
}

function isOfWorld(name: string, kind: ModuleKind): boolean {
  const prefix = `${INTERFACE_BY_KIND[kind]}@`;
  return name.startsWith(prefix) && findVersion(name.slice(prefix.length))?.major === SERVED.major;
}
