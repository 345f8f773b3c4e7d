import { readKpis, toSamples } from "../../core/kpi/book.ts";
import { ANY_KEY } from "../../core/select/pod-keys.ts";
import { type ConfiguredModule, type ModuleConfig, toDigest } from "../../core/select/selection-config.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { findMisfit } from "../../core/wasm/component.ts";
import { openStore } from "../../registry/store/store.ts";
import { listModuleSettingsFaults } from "../module-settings.ts";
import { sampleCadvisor } from "../probes/cadvisor.ts";
import { sampleHostLocal } from "../probes/host-local.ts";
import { type Finding, problem, runCheck, warning } from "./check.ts";
import { listOwnModules, type Subject } from "./subject.ts";

type Asked = Pick<Subject, "config" | "folders" | "networks">;

/** Whether each module is of the kind that is wanted, and gets what it asks for: settings, KPIs, labels. */
export async function checkModuleNeeds(
  subject: Asked,
  modules = listOwnModules(subject),
): Promise<readonly Finding[]> {
  if (modules.length === 0) return [];
  const known = await listKnownKpis(subject);
  const looks = modules.map((module) => {
    const name = `module ${module.config.module}`;
    return runCheck({ name, look: () => checkNeeds(module, { known, subject }) });
  });
  return (await Promise.all(looks)).flat();
}

/** The KPIs that any network of the node has now. What a source that tells nothing would have told, none has. */
async function listKnownKpis({ config, networks }: Asked): Promise<ReadonlySet<string>> {
  const nowMs = Date.now();
  const found = (await networks()).networks;
  const measured = await Promise.all(found.map((network) => sampleHostLocal(network, nowMs)));
  const counted =
    config === undefined ? [] : await sampleCadvisor(found, config, { log: { warn: () => {} } });
  const samples = [...measured.flat(), ...counted, ...toSamples(config?.genie.networks ?? {}, nowMs)];
  const kpis = found.flatMap(({ network }) => readKpis(network.name, samples, nowMs));
  return new Set(kpis.map(({ name }) => name));
}

/** A module that isn't in the store is told of elsewhere. */
async function checkNeeds(
  { kind, config: module }: ConfiguredModule,
  { known, subject }: { known: ReadonlySet<string>; subject: Asked },
): Promise<readonly Finding[]> {
  const check = `module ${module.module}`;
  const wasm = (await openStore(subject.folders.moduleStore).findModule(toDigest(module)))?.wasm;
  if (wasm === undefined) return [];
  const say = module.onFailure === "fail" ? problem : warning;
  const misfit = findMisfit(kind, wasm);
  if (misfit !== undefined) {
    const todo = "name another module there: until then it fails for every pod";
    return [say(check, { detail: `is no ${kind}: ${misfit}`, todo })];
  }
  const { metadata, faults } = readEmbeddedMetadata(wasm);
  const lacking = (metadata?.kpis.required ?? []).filter((kpi) => !known.has(kpi));
  return [
    ...faults.slice(0, 1).map((fault) => {
      const detail = `what it says of itself can't be used: ${fault}`;
      return warning(check, { detail, todo: "have its author mend it" });
    }),
    ...listModuleSettingsFaults(wasm, module.settings).map((detail) => {
      return say(check, { detail, todo: "mend the settings: until then the module refuses every pod" });
    }),
    ...findUngranted(metadata, module).map((keys) => {
      const detail = `reads the pod's ${keys} that are granted, and none is`;
      return warning(check, { detail, todo: `grant them with "${keys}": [KEY] beside the module's name` });
    }),
    ...lacking.map((kpi) => {
      const detail = `needs the KPI ${kpi}, which no network has`;
      return warning(check, {
        detail,
        todo: `state it as genie.networks.NAME.kpis, or do without the module`,
      });
    }),
  ];
}

/** Of labels and annotations those that a module takes whatever their keys, and gets none of. */
function findUngranted(metadata: ModuleMetadata | undefined, granted: ModuleConfig) {
  const keys = ["labels", "annotations"] as const;
  return keys.filter((key) => metadata?.[key].includes(ANY_KEY) === true && granted[key].length === 0);
}
