import { readKpis, toSamples } from "../../core/kpi/book.ts";
import { listModules, type ModuleConfig, toDigest } from "../../core/select/selection-config.ts";
import { findMetadata } from "../../core/metadata/embedded.ts";
import { openStore } from "../../registry/store/store.ts";
import { findModuleSettingsFaults } from "../module-settings.ts";
import { sampleHostLocal } from "../probes/host-local.ts";
import { type Finding, problem, runCheck, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

type Asked = Pick<Subject, "config" | "folders" | "networks">;

/** Whether each module gets what it asks for: settings that it takes, and KPIs without which it can't do its work. */
export async function checkModuleNeeds(subject: Asked): Promise<readonly Finding[]> {
  if (subject.config === undefined) return [];
  const modules = listModules(subject.config.genie.selection);
  if (modules.length === 0) return [];
  const known = await listKnownKpis(subject);
  const looks = modules.map((module) => {
    const name = `module ${module.module}`;
    return runCheck({ name, look: () => checkNeeds(module, { known, subject }) });
  });
  return (await Promise.all(looks)).flat();
}

/** The KPIs that any network of the node has now. */
async function listKnownKpis({ config, networks }: Asked): Promise<ReadonlySet<string>> {
  const nowMs = Date.now();
  const found = (await networks()).networks;
  const measured = await Promise.all(found.map((network) => sampleHostLocal(network, nowMs)));
  const samples = [...measured.flat(), ...toSamples(config?.genie.networks ?? {}, nowMs)];
  const kpis = found.flatMap(({ network }) => readKpis(network.name, samples, nowMs));
  return new Set(kpis.map(({ name }) => name));
}

/** A module that isn't in the store is told of elsewhere. */
async function checkNeeds(
  module: ModuleConfig,
  { known, subject }: { known: ReadonlySet<string>; subject: Asked },
): Promise<readonly Finding[]> {
  const check = `module ${module.module}`;
  const wasm = (await openStore(subject.folders.moduleStore).findModule(toDigest(module)))?.wasm;
  if (wasm === undefined) return [];
  const { metadata, faults } = findMetadata(wasm);
  const lacking = (metadata?.kpis.required ?? []).filter((kpi) => !known.has(kpi));
  return [
    ...faults.slice(0, 1).map((fault) => {
      const detail = `what it says of itself can't be used: ${fault}`;
      return warning(check, { detail, todo: "have its author mend it" });
    }),
    ...findModuleSettingsFaults(wasm, module.settings).map((detail) => {
      const say = module.onFailure === "fail" ? problem : warning;
      return say(check, { detail, todo: "mend the settings: until then the module refuses every pod" });
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
