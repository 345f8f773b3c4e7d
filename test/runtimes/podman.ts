import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { BUSYBOX_IMAGE, writeBusyboxImage } from "../setup/busybox-image.ts";
import type { NetworkNamespace } from "../setup/namespace.ts";
import { ensureRuntimes } from "../setup/tools.ts";
import { CONTAINERS_CGROUP, removeContainersCgroup } from "./cgroup.ts";

export interface PodmanOptions {
  /** For its state and its settings. */
  readonly dir: string;
  /** Its network is the node's. */
  readonly node: NetworkNamespace;
  /** Of networks; podman takes conflists alone. */
  readonly confDir: string;
  /** Where it finds the plugins. */
  readonly binDir: string;
  /** The network of containers that name none. */
  readonly defaultNetwork: string;
}

export interface Podman extends AsyncDisposable {
  /** Runs podman. @returns what it prints. @throws {ExecaError} when it fails. */
  run(...words: string[]): Promise<string>;
  /** Starts a container that rests. */
  start(name: string, ...options: string[]): Promise<void>;
  /** Runs a command in a container. @returns what it prints. */
  exec(name: string, ...command: string[]): Promise<string>;
}

const RUN_MS = 60_000;

/** A real podman with its CNI backend and an image. Its containers are gone at disposal. */
export async function openPodman(options: PodmanOptions): Promise<Podman> {
  const { dir, node } = options;
  const { podman, path: tools } = await ensureRuntimes();
  const [settings, policy] = [path.join(dir, "containers.conf"), path.join(dir, "policy.json")];
  const image = path.join(dir, "busybox.tar");
  await mkdir(dir, { recursive: true });
  await writeFile(settings, await formatSettings(options));
  await writeFile(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  await writeBusyboxImage(image);
  const folders = ["--root", path.join(dir, "root"), "--runroot", path.join(dir, "run")];
  const command = [`--net=${node.path}`, "--", podman, ...folders, "--storage-driver", "vfs"];
  const env = { PATH: `${tools}:${process.env["PATH"] ?? ""}`, CONTAINERS_CONF: settings };
  const run = async (...words: string[]): Promise<string> => {
    const { stdout } = await execa("nsenter", [...command, ...words], { env, timeout: RUN_MS });
    return stdout;
  };
  await run("load", "--quiet", "--signature-policy", policy, "--input", image);
  return {
    run,
    async start(name, ...more) {
      const parent = `--cgroup-parent=/${CONTAINERS_CGROUP}`;
      await run("run", "--detach", "--name", name, parent, "--cap-add=NET_RAW", ...more, BUSYBOX_IMAGE);
    },
    exec: (name, ...words) => run("exec", name, ...words),
    async [Symbol.asyncDispose]() {
      await run("rm", "--all", "--force", "--time", "0");
      await removeContainersCgroup();
    },
  };
}

/** Source: containers.conf(5). Nothing of it is kept beside the other tests' or the system's. */
async function formatSettings({ dir, confDir, binDir, defaultNetwork }: PodmanOptions): Promise<string> {
  const { conmon, runc } = await ensureRuntimes();
  const text = (value: string): string => JSON.stringify(value);
  return `[containers]
apparmor_profile = ""
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[network]
network_backend = "cni"
cni_plugin_dirs = [${text(binDir)}]
network_config_dir = ${text(confDir)}
default_network = ${text(defaultNetwork)}
[engine]
cgroup_manager = "cgroupfs"
conmon_path = [${text(conmon)}]
events_logger = "none"
lock_type = "file"
runtime = "runc"
static_dir = ${text(path.join(dir, "static"))}
tmp_dir = ${text(path.join(dir, "tmp"))}
volume_path = ${text(path.join(dir, "volumes"))}
[engine.runtimes]
runc = [${text(runc)}]
`;
}
