import type { Kernel } from "../../core/ports.ts";

/** A kernel whose boots and namespaces a test sets. */
export interface FakeKernel extends Kernel {
  boot: string;
  /** Of every path. */
  folder: string;
  /** Who is at which path. */
  readonly identityByPath: Map<string, string>;
  /** Identities of the namespaces in which a process is. */
  readonly inhabited: Set<string>;
}

/** A kernel with one namespace, that of makeAttachment. */
export function makeKernel(): FakeKernel {
  const kernel: FakeKernel = {
    boot: "boot-1",
    folder: "0:1",
    identityByPath: new Map([["/run/netns/a", "4:1"]]),
    inhabited: new Set(),
    bootId: async () => kernel.boot,
    identify: async (path) => kernel.identityByPath.get(path) ?? "",
    locate: async () => kernel.folder,
    isInhabited: async (identity) => kernel.inhabited.has(identity),
  };
  return kernel;
}
