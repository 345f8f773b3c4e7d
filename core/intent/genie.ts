import type { Config } from "../config.ts";
import { hasModules } from "../select/selection-config.ts";
import { Failure } from "../errors.ts";
import type { PodIntent } from "./intent.ts";

/**
 * Reads CNI-Genie's annotation `cni`: a network's name, or blank for "genie chooses". Without the annotation the
 * pod gets `default_plugin`; without that, genie chooses if it has a module to choose with.
 *
 * @throws {Failure} invalidConfig for a form that is not served.
 */
export function readIntent(annotations: ReadonlyMap<string, string>, config: Config): PodIntent {
  const wish = annotations.get("cni")?.trim();
  if (wish === "") return { wants: "any", count: 1 };
  if (wish !== undefined) return { wants: "named", network: parseName(wish, 'annotation "cni"') };
  const standard = config.default_plugin?.trim() ?? "";
  if (standard !== "") return { wants: "default", network: parseName(standard, "default_plugin") };
  return hasModules(config.genie.selection) ? { wants: "any", count: 1 } : { wants: "first" };
}

function parseName(wish: string, where: string): string {
  if (!/[,@]/.test(wish)) return wish;
  throw new Failure(
    "invalidConfig",
    `${where}: ${JSON.stringify(wish.slice(0, 128))} is not one network's name`,
    {
      details: "lists (a,b) and interface names (a@eth1) are not served yet: name one network",
    },
  );
}
