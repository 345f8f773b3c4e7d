import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { CNI_VERSIONS } from "../../core/spec/versions.ts";
import { openPluginFolder, type PluginFolder } from "../plugins/scripted.ts";

/** How genie is run: today as one program, one day as a launcher with its daemon. */
export interface Subject {
  readonly name: string;
  /** Absolute path of what a runtime would exec. */
  readonly plugin: string;
}

export type Verb = "ADD" | "DEL" | "CHECK" | "GC" | "STATUS" | "VERSION";

interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** What stdout holds; undefined when it is empty. */
  readonly answer: Record<string, unknown> | undefined;
}

interface CallOptions {
  /** Beside or in place of the usual fields of genie's own configuration; a text is handed over as it is. */
  readonly stdin?: object | string;
  /** An empty text unsets a variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** Tells genie to stop once this file is in the plugins' folder. */
  readonly stopAt?: string;
}

/** A conf folder, a state folder and plugins, for one test. */
export interface Stage extends AsyncDisposable {
  readonly plugins: PluginFolder;
  readonly confDir: string;
  addNetwork(file: string, network: object): Promise<void>;
  /** Puts the program itself into CNI_PATH, under this name. */
  linkSubject(name: string): Promise<void>;
  call(verb: Verb, options?: CallOptions): Promise<Answer>;
}

/** Far longer than any case takes: a call that hangs is told as one. */
const CALL_MS = 25_000;

export async function openStage({ plugin }: Subject): Promise<Stage> {
  const plugins = await openPluginFolder();
  const confDir = path.join(plugins.dir, "net.d");
  const netns = path.join(plugins.dir, "netns");
  await mkdir(confDir);
  await writeFile(netns, "");
  const genie = { confDir, stateDir: path.join(plugins.dir, "state") };
  const own = { cniVersion: CNI_VERSIONS.at(-1), name: "genie", type: "genie", genie };
  const variables = {
    CNI_CONTAINERID: "c1",
    CNI_NETNS: netns,
    CNI_IFNAME: "eth0",
    CNI_ARGS: "",
    CNI_PATH: plugins.path.join(":"),
    GENIE_NODE: process.execPath,
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  };
  return {
    plugins,
    confDir,
    addNetwork: (file, network) => writeFile(path.join(confDir, file), JSON.stringify(network)),
    linkSubject: (name) => symlink(plugin, path.join(plugins.path[0], name)),
    async call(verb, { stdin = {}, env = {}, stopAt } = {}) {
      const set = Object.entries({ ...variables, CNI_COMMAND: verb, ...env }).filter(
        ([, value]) => value !== "",
      );
      const input = typeof stdin === "string" ? stdin : JSON.stringify({ ...own, ...stdin });
      const options = {
        env: Object.fromEntries(set),
        extendEnv: false,
        reject: false,
        timeout: CALL_MS,
      } as const;
      const running = execa(plugin, [], { ...options, input });
      if (stopAt !== undefined) await stopOnce(stopAt, { plugins, stop: () => running.kill("SIGTERM") });
      const { exitCode, stdout, stderr } = await running;
      return { exitCode, stdout, stderr, answer: stdout === "" ? undefined : JSON.parse(stdout) };
    },
    [Symbol.asyncDispose]: () => plugins[Symbol.asyncDispose](),
  };
}

async function stopOnce(file: string, { plugins, stop }: { plugins: PluginFolder; stop: () => void }) {
  const giveUpAtMs = performance.now() + CALL_MS;
  while (!(await plugins.has(file))) {
    if (performance.now() > giveUpAtMs) throw new Error(`${file} never came`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stop();
}

/** A script that answers ADD with one address, as a plugin of that CNI version does. */
export function answerIn(cniVersion: string, address = "10.0.0.5/24"): string {
  const routes = [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }];
  const old = { cniVersion, ip4: { ip: address, gateway: "10.0.0.1", routes }, dns: {} };
  const family = cniVersion < "1" ? { version: "4" } : {};
  const interfaces = [{ name: "eth0", mac: "00:11:22:33:44:55", sandbox: "/run/netns/x" }];
  const ips = [{ ...family, address, gateway: "10.0.0.1", interface: 0 }];
  const result = cniVersion < "0.3" ? old : { cniVersion, interfaces, ips, routes, dns: {} };
  return `[ $CNI_COMMAND = ADD ] && printf %s '${JSON.stringify(result)}'; exit 0`;
}
