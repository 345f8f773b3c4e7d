import { BUSYBOX_IMAGE } from "../setup/busybox-image.ts";
import { CONTAINERS_CGROUP } from "./cgroup.ts";
import type { CriClient } from "./cri.ts";

/** A pod as the kubelet asks a container runtime for it. */
export interface CriPod {
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly portMappings?: readonly object[];
  /** How often the kubelet has made this pod before. */
  readonly attempt?: number;
}

/** Runs a command in a container. @returns what it prints. @throws when it fails. */
export type RunInContainer = (...command: string[]) => Promise<string>;

const EXEC_S = 10;

/** Makes the pod's sandbox. @returns its ID. */
export async function runPod(cri: CriClient, pod: CriPod): Promise<string> {
  return (await cri.call("RunPodSandbox", { config: toSandboxConfig(pod) })).pod_sandbox_id;
}

/** Starts a container in the pod. */
export async function startContainer(
  cri: CriClient,
  sandboxId: string,
  pod: CriPod,
): Promise<RunInContainer> {
  const { container_id } = await cri.call("CreateContainer", {
    pod_sandbox_id: sandboxId,
    sandbox_config: toSandboxConfig(pod),
    config: {
      metadata: { name: "app" },
      image: { image: BUSYBOX_IMAGE },
      linux: { security_context: { capabilities: { add_capabilities: ["NET_RAW"] } } }, // for ping
    },
  });
  await cri.call("StartContainer", { container_id });
  return async (...cmd) => {
    const { exit_code, stdout, stderr } = await cri.call("ExecSync", { container_id, cmd, timeout: EXEC_S });
    if (exit_code === 0) return stdout.toString();
    throw new Error(`${cmd.join(" ")} ended with ${exit_code}: ${stdout.toString()}${stderr.toString()}`);
  };
}

/** As the kubelet ends a pod: whoever still runs in it is killed, then its sandbox is removed. */
export async function endPod(cri: CriClient, sandboxId: string): Promise<void> {
  await cri.call("StopPodSandbox", { pod_sandbox_id: sandboxId });
  await cri.call("RemovePodSandbox", { pod_sandbox_id: sandboxId });
}

/** What the runtime tells of a pod. */
export interface PodInfo {
  /** Of its first process. */
  readonly pid: number;
  /** Path of its network namespace. */
  readonly netns: string;
  /** The pod's addresses, the first one first. */
  readonly ips: readonly string[];
}

export async function readPodInfo(cri: CriClient, sandboxId: string): Promise<PodInfo> {
  const { status, info } = await cri.call("PodSandboxStatus", { pod_sandbox_id: sandboxId, verbose: true });
  const { pid, runtimeSpec } = JSON.parse(info["info"] ?? "{}") as {
    pid: number;
    runtimeSpec: { linux: { namespaces: readonly { type: string; path?: string }[] } };
  };
  const network = runtimeSpec.linux.namespaces.find(({ type }) => type === "network");
  const { ip, additional_ips } = status.network;
  return { pid, netns: network?.path ?? "", ips: [ip, ...additional_ips.map((one) => one.ip)] };
}

/** The addresses of an interface with their prefixes, but for those that the kernel makes by itself. */
export async function listAddresses(run: RunInContainer, ifName: string): Promise<readonly string[]> {
  const text = await run("ip", "addr", "show", "dev", ifName);
  const found = [...text.matchAll(/inet6? (\S+)/g)].map(([, address = ""]) => address);
  return found.filter((address) => !address.startsWith("fe80:"));
}

function toSandboxConfig(pod: CriPod): object {
  const { name, namespace = "shop", annotations = {}, portMappings = [], attempt = 0 } = pod;
  return {
    metadata: { name, namespace, uid: `uid-of-${name}`, attempt },
    hostname: name,
    annotations,
    port_mappings: portMappings,
    linux: { cgroup_parent: `/${CONTAINERS_CGROUP}` },
  };
}
