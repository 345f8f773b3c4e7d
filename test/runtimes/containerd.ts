import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { BUSYBOX_IMAGE, writeBusyboxImage } from "../setup/busybox-image.ts";
import type { NetworkNamespace } from "../setup/namespace.ts";
import { type ContainerdPrograms, ensureRuntimes } from "../setup/tools.ts";
import { removeContainersCgroup } from "./cgroup.ts";
import { type CriClient, openCri } from "./cri.ts";
import { endPod } from "./cri-pod.ts";

export interface ContainerdOptions {
  readonly programs: ContainerdPrograms;
  /** For its state, its socket and its log. */
  readonly dir: string;
  /** Its network is the node's. */
  readonly node: NetworkNamespace;
  readonly confDir: string;
  /** Where it finds the plugins. */
  readonly binDir: string;
}

export interface Containerd extends AsyncDisposable {
  readonly cri: CriClient;
  /** Ends it and starts it anew, as an upgrade does; pods run on. */
  restart(): Promise<void>;
}

const START_MS = 30_000;
const IMPORT_MS = 30_000;
const POLL_MS = 50;

/** Starts a real containerd with an image in it. Pods and it are gone at disposal. */
export async function startContainerd(options: ContainerdOptions): Promise<Containerd> {
  const { dir } = options;
  const [socket, image] = [path.join(dir, "containerd.sock"), path.join(dir, "busybox.tar")];
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "config.toml"), formatConfig(options, socket));
  await writeBusyboxImage(image);
  const cri = await openCri(socket);
  await using undo = new AsyncDisposableStack();
  undo.use(cri);
  undo.defer(removeContainersCgroup);
  let daemon = await startDaemon(options, cri);
  undo.defer(() => daemon[Symbol.asyncDispose]());
  const { ctr } = options.programs;
  const words = ["--address", socket, "--namespace", "k8s.io", "images", "import", image];
  await execa(ctr, words, { timeout: IMPORT_MS });
  undo.defer(() => endPods(cri));
  const kept = undo.move();
  return {
    cri,
    async restart() {
      await daemon[Symbol.asyncDispose]();
      daemon = await startDaemon(options, cri);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function startDaemon(
  { dir, node, programs }: ContainerdOptions,
  cri: CriClient,
): Promise<AsyncDisposable> {
  const { path: tools } = await ensureRuntimes();
  const output = { file: path.join(dir, "containerd.log"), append: true } as const;
  const command = [
    `--net=${node.path}`,
    "--",
    programs.containerd,
    "--config",
    path.join(dir, "config.toml"),
  ];
  const daemon = execa("nsenter", command, {
    env: { PATH: `${tools}:${process.env["PATH"] ?? ""}` },
    stdin: "ignore",
    stdout: output,
    stderr: output,
    reject: false,
    forceKillAfterDelay: 5_000,
  });
  let ended = false;
  void daemon.then(() => (ended = true));
  const stop = async (): Promise<void> => {
    daemon.kill();
    await daemon;
  };
  const deadline = Date.now() + START_MS;
  while (!(await isReady(cri))) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`containerd did not start; see ${output.file}`);
    }
    await sleep(POLL_MS);
  }
  return { [Symbol.asyncDispose]: stop };
}

/** What the kubelet asks for; containerd 2 adds what it thinks of its own configuration. */
const CONDITIONS: readonly string[] = ["RuntimeReady", "NetworkReady"];

/** Does it listen, and has it found our configuration? */
async function isReady(cri: CriClient): Promise<boolean> {
  try {
    const { status } = await cri.call("Status", {});
    return status.conditions.every(({ type, status: holds }) => holds || !CONDITIONS.includes(type));
  } catch (error) {
    if (isUnavailable(error)) return false;
    throw error;
  }
}

function isUnavailable(error: unknown): boolean {
  // UNAVAILABLE: it doesn't listen yet; UNIMPLEMENTED: its CRI plugin isn't loaded yet
  return error instanceof Error && "code" in error && (error.code === 14 || error.code === 12);
}

async function endPods(cri: CriClient): Promise<void> {
  const { items } = await cri.call("ListPodSandbox", {});
  for (const { id } of items) await endPod(cri, id);
}

/** What containerd 2 reads, too. Source: containerd `docs/cri/config.md`. */
function formatConfig({ dir, confDir, binDir, programs }: ContainerdOptions, socket: string): string {
  const text = (value: string): string => JSON.stringify(value);
  return `version = 2
root = ${text(path.join(dir, "root"))}
state = ${text(path.join(dir, "state"))}
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = ${text(socket)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(BUSYBOX_IMAGE)}
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = ${text(confDir)}
    bin_dir = ${text(binDir)}
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      runtime_path = ${text(programs.shim)}
`;
}
