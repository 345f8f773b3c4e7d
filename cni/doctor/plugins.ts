import { type Finding, ok, problem, warning } from "./check.ts";
import { type InstalledPlugin, listUnsafe } from "./installed-plugins.ts";
import type { Subject } from "./subject.ts";

/** What in CNI_PATH is a plugin, and what each speaks. */
export async function checkPlugins({ path, pluginByName }: Subject): Promise<readonly Finding[]> {
  const found = [...(await pluginByName()).values()].map(toFinding);
  const detail = `no program in CNI_PATH (${path.join(":")})`;
  const todo = "install CNI plugins, or name their folder with --cni-path";
  const none = found.length === 0 ? [problem("plugins", { detail, todo })] : [];
  const unsafe = (await listUnsafe(path)).map((folder) =>
    problem("plugins", {
      detail: `anyone may write to ${folder} and so choose what root runs; no plugin there was asked`,
      todo: "take others' right to write",
    }),
  );
  return [...none, ...unsafe, ...found];
}

function toFinding({ name, file, versions, build }: InstalledPlugin): Finding {
  const check = `plugin ${name}`;
  if (versions !== undefined) {
    const which = build === undefined ? file : `${file}, ${build}`;
    return ok(check, `${which}, speaks ${versions.join(", ")}`);
  }
  return warning(check, {
    detail: `${file} doesn't answer VERSION as a CNI plugin does`,
    todo: "reinstall it if it should be one",
  });
}
