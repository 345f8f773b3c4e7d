/** What the tests and the demo need of the system: the files, where systems keep them, who packages them. */
export interface Need {
  /** Files that must lie together in one folder. */
  readonly files: readonly string[];
  /** Folders searched before the package is fetched. */
  readonly folders: readonly string[];
  readonly debianPackage: string;
  /** Fetched with the libraries that the package depends on: a small system lacks them too. */
  readonly withLibraries?: boolean;
  /** Packages that are fetched along with it. */
  readonly companions?: readonly string[];
}

const PROGRAM_FOLDERS = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`
  .split(":")
  .filter((folder) => folder.startsWith("/"));

const program = (name: string, debianPackage: string): Need => ({
  files: [name],
  folders: PROGRAM_FOLDERS,
  debianPackage,
});

export const NEEDS = {
  cniPlugins: {
    files: ["bridge", "ptp", "macvlan", "host-device", "host-local", "loopback"],
    folders: ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"],
    debianPackage: "containernetworking-plugins",
  },
  dockerRegistry: program("docker-registry", "docker-registry"),
  ping: program("ping", "iputils-ping"),
  ip: { ...program("ip", "iproute2"), withLibraries: true },
  nsenter: program("nsenter", "util-linux"),
  unshare: program("unshare", "util-linux"),
  setpriv: program("setpriv", "util-linux"),
  script: { ...program("script", "bsdutils"), withLibraries: true },
  openssl: { ...program("openssl", "openssl"), withLibraries: true },
  strace: { ...program("strace", "strace"), withLibraries: true },
} as const satisfies Record<string, Need>;

/** What only tests of web pages need: it is large. */
export const CHROMIUM: Need = {
  ...program("chromium-headless-shell", "chromium-headless-shell"),
  withLibraries: true,
  companions: ["chromium-common", "fonts-dejavu-core"],
};

/** What only tests of registries and of the store need. */
export const SKOPEO: Need = { ...program("skopeo", "skopeo"), withLibraries: true };

/** What only tests with plugins need that run programs of the system. */
export const IPTABLES: Need = { ...program("xtables-nft-multi", "iptables"), withLibraries: true };

/** What only tests with real container runtimes need. */
export const RUNTIMES = {
  containerd: {
    ...program("containerd", "containerd"),
    files: ["containerd", "containerd-shim-runc-v2", "ctr"],
  },
  runc: program("runc", "runc"), // of the libraries it needs, apt needs each itself
  podman: {
    ...program("podman", "podman"),
    files: ["podman", "conmon"],
    withLibraries: true,
    companions: ["conmon"],
  },
  /** The system's own may not be static, and only this one runs in an image that holds nothing else. */
  busybox: { files: ["busybox"], folders: [], debianPackage: "busybox-static" },
} as const satisfies Record<string, Need>;

export type NeedName = keyof typeof NEEDS;
