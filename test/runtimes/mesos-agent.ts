import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { unlessMissing } from "../../core/missing.ts";
import type { JsonObject } from "../../core/spec/json.ts";
import { type NetworkNamespace, runIn } from "../setup/namespace.ts";
import type { Container } from "./mesos-container.ts";

/** What a framework says of one network of a container. Source: Mesos `mesos.proto`, `NetworkInfo`. */
export interface NetworkInfo {
  readonly name: string;
  readonly labels?: { readonly labels: readonly { readonly key: string; readonly value: string }[] };
  readonly port_mappings?: readonly object[];
}

export interface AgentFlags {
  /** Where it checkpoints what it has done: `/var/run/mesos/isolators/network/cni`, or below its work folder. */
  readonly rootDir: string;
  /** `--network_cni_config_dir`: a file NAME.conf for each network. */
  readonly configDir: string;
  /** `--network_cni_plugins_dir` */
  readonly pluginsDir: string;
  /** The agent's own network. */
  readonly node: NetworkNamespace;
}

/** When the agent is killed, as the test wants it. */
export type Death = "before the result is written";

/** A container that the isolator knows of: its networks, with an interface each. */
type Interfaces = ReadonlyMap<string, string>;

/**
 * Calls plugins as Mesos' isolator network/cni does, in the order and with the files of its documentation. All that
 * it knows lies in files, so that another agent goes on where one was killed. Source: Mesos docs/cni.md, `paths.hpp`.
 */
export class MesosAgent {
  private readonly flags: AgentFlags;
  private readonly interfacesByContainer = new Map<string, Interfaces>();

  constructor(flags: AgentFlags) {
    this.flags = flags;
  }

  /** Joins a container to its networks, all at the same time. @returns what each plugin answered, by network. */
  async isolate(container: Container, networks: readonly NetworkInfo[], death?: Death) {
    const { id, pid } = container;
    this.interfacesByContainer.set(id, new Map(networks.map(({ name }, at) => [name, `eth${at}`])));
    await mkdir(this.pathOf(id), { recursive: true });
    await writeFile(this.pathOf(id, "ns"), "");
    await execa("mount", ["--bind", `/proc/${pid}/ns/net`, this.pathOf(id, "ns")]);
    const answers = await Promise.all(networks.map((network) => this.attach(id, network, death)));
    return new Map(networks.map(({ name }, at) => [name, answers[at] ?? {}]));
  }

  /** Takes a container from its networks, by what was written when it joined them. */
  async cleanUp(id: string): Promise<void> {
    for (const [network, ifName] of this.interfacesByContainer.get(id) ?? []) {
      await this.detach(id, network, ifName);
    }
    const namespace = this.pathOf(id, "ns");
    if (await this.hasNamespace(id)) await execa("umount", [namespace]);
    await rm(this.pathOf(id), { recursive: true });
    this.interfacesByContainer.delete(id);
  }

  /** What an agent does first: it learns of containers, and cleans up after those that nobody runs any more. */
  async recover(running: readonly string[]): Promise<void> {
    for (const id of (await unlessMissing(readdir(this.flags.rootDir))) ?? []) {
      const networks = (await readdir(this.pathOf(id))).filter((name) => name !== "ns");
      const interfaces = await Promise.all(networks.map((name) => this.findInterface(id, name)));
      const known = networks.flatMap((name, at): [string, string][] => {
        const ifName = interfaces[at];
        return ifName === undefined ? [] : [[name, ifName]]; // else it was detached already
      });
      this.interfacesByContainer.set(id, new Map(known));
      if (!running.includes(id)) await this.cleanUp(id);
    }
  }

  private async findInterface(id: string, network: string): Promise<string | undefined> {
    return (await readdir(this.pathOf(id, network))).find((name) => name !== "network.conf");
  }

  private async attach(id: string, network: NetworkInfo, death: Death | undefined): Promise<JsonObject> {
    const { name } = network;
    const ifName = this.interfacesByContainer.get(id)?.get(name) ?? "";
    await mkdir(this.pathOf(id, name, ifName), { recursive: true });
    const config = JSON.parse(await readFile(path.join(this.flags.configDir, `${name}.conf`), "utf8"));
    const args = { ...config.args, "org.apache.mesos": { network_info: network } };
    const file = this.pathOf(id, name, "network.conf");
    await writeFile(file, JSON.stringify({ ...config, args }));
    const answer = await this.run("ADD", { id, ifName, file, netns: this.pathOf(id, "ns") });
    if (death === undefined) await writeFile(this.pathOf(id, name, ifName, "network.info"), answer);
    return JSON.parse(answer);
  }

  private async detach(id: string, network: string, ifName: string): Promise<void> {
    const file = this.pathOf(id, network, "network.conf");
    // after a reboot the handle is a plain file, and the variable isn't set
    const netns = (await this.hasNamespace(id)) ? this.pathOf(id, "ns") : undefined;
    await this.run("DEL", { id, ifName, file, netns });
    await rm(this.pathOf(id, network, ifName), { recursive: true });
  }

  /** Mesos sets these variables and no others. */
  private async run(
    verb: "ADD" | "DEL",
    call: { id: string; ifName: string; file: string; netns: string | undefined },
  ): Promise<string> {
    const { id, ifName, file, netns } = call;
    const { pluginsDir, node } = this.flags;
    const stdin = await readFile(file, "utf8");
    const { exitCode, stdout, stderr } = await runIn(node, [path.join(pluginsDir, JSON.parse(stdin).type)], {
      input: stdin,
      extendEnv: false,
      env: {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: id,
        CNI_PATH: pluginsDir,
        CNI_IFNAME: ifName,
        ...(netns !== undefined && { CNI_NETNS: netns }),
        PATH: process.env["PATH"],
      },
    });
    if (exitCode === 0) return stdout;
    throw new Error(`The CNI plugin failed to ${verb} ${id}: stdout='${stdout}', stderr='${stderr}'`);
  }

  /** Is the namespace still mounted there? Not after a reboot. */
  private async hasNamespace(id: string): Promise<boolean> {
    const [folder, handle] = await Promise.all([stat(this.pathOf(id)), stat(this.pathOf(id, "ns"))]);
    return handle.dev !== folder.dev;
  }

  private pathOf(...names: string[]): string {
    return path.join(this.flags.rootDir, ...names);
  }
}
