import { readFile, readlink } from "node:fs/promises";
import { unlessMissing } from "../../core/missing.ts";
import { GUEST_ID } from "../build/guest-head.ts";

/** One thing that keeps what runs in the guest process from the rest of the node. */
export interface Bar {
  readonly name: string;
  /** What to do where it doesn't stand. */
  readonly todo: string;
  readonly stands: (guest: GuestEntry) => boolean;
}

/** What the kernel tells of a running guest process. */
export interface GuestEntry {
  /** Of /proc/PID/status. */
  readonly status: ReadonlyMap<string, string>;
  /** /proc/PID/limits */
  readonly limits: string;
  /** Kinds of namespaces that it has and we haven't. */
  readonly ownSpaces: readonly string[];
  /** What cni/shim/confine says that it did; empty where it wasn't loaded. */
  readonly report: readonly string[];
}

const SPACES = ["net", "ipc", "pid"];
const RUN_AS_ROOT = "run it as root, as a runtime does";
const OBJECT_TODO =
  "install rustc and gcc and build genie again: its lib folder needs confine-MACHINE.so of this node's kind";

/** From the outermost to the one that is closest to a module. */
export const BARS: readonly Bar[] = [
  {
    name: "a user of its own",
    todo: RUN_AS_ROOT,
    stands: ({ status }) => /^(\d+)\t\1\t\1\t\1$/.exec(status.get("Uid") ?? "")?.[1] === String(GUEST_ID),
  },
  {
    name: "no capability",
    todo: RUN_AS_ROOT,
    stands: ({ status }) =>
      ["CapInh", "CapPrm", "CapEff", "CapAmb"].every((set) => /^0+$/.test(status.get(set) ?? "")),
  },
  {
    name: "no_new_privs",
    todo: "take a kernel from this decade",
    stands: ({ status }) => status.get("NoNewPrivs") === "1",
  },
  {
    name: `namespaces (${SPACES.join(", ")})`,
    todo: "run it as root, or allow user namespaces (sysctl user.max_user_namespaces and kernel.*userns*)",
    stands: ({ ownSpaces }) => SPACES.every((space) => ownSpaces.includes(space)),
  },
  {
    name: "limits",
    todo: "install util-linux: prlimit sets them",
    stands: ({ limits }) =>
      /^Max file size +0 +0 /m.test(limits) &&
      /^Max core file size +0 +0 /m.test(limits) &&
      /^Max data size +\d+ +\d+ /m.test(limits) &&
      /^Max open files +32 +32 /m.test(limits),
  },
  { name: "an empty root folder", todo: OBJECT_TODO, stands: ({ report }) => report.includes("root") },
  {
    name: "Landlock",
    todo: "take a kernel with CONFIG_SECURITY_LANDLOCK, and with landlock in the list lsm= of its command line",
    stands: ({ report }) => report.includes("landlock"),
  },
  {
    name: "seccomp",
    todo: "take a kernel with CONFIG_SECCOMP_FILTER",
    stands: ({ status }) => status.get("Seccomp") === "2",
  },
];

/** The bars that don't stand, and what to do first: nothing native can where its object is missing. */
export function judgeBars(guest: GuestEntry): { readonly fallen: readonly Bar[]; readonly todo: string } {
  const fallen = BARS.filter(({ stands }) => !stands(guest));
  const isObjectMissing = guest.report.length === 0;
  return { fallen, todo: isObjectMissing ? OBJECT_TODO : (fallen[0]?.todo ?? "") };
}

/** @param pid of the guest's head: where it made namespaces, the guest is its child. */
export async function readGuestEntry(pid: number): Promise<GuestEntry> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const folder = `/proc/${Number.parseInt(children) || pid}`;
  const [status, limits, environment] = await Promise.all(
    ["status", "limits", "environ"].map((name) => readFile(`${folder}/${name}`, "utf8")),
  );
  const ownSpaces: string[] = [];
  for (const space of SPACES) {
    const links = [`${folder}/ns/${space}`, `/proc/self/ns/${space}`].map((link) =>
      unlessMissing(readlink(link)),
    );
    const [its, ours] = await Promise.all(links);
    if (its !== undefined && its !== ours) ownSpaces.push(space);
  }
  return {
    status: parseStatus(status ?? ""),
    limits: limits ?? "",
    ownSpaces,
    report: parseReport(environment ?? ""),
  };
}

function parseStatus(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").map((line) => {
      const [key = "", ...value] = line.split(":");
      return [key, value.join(":").trim()];
    }),
  );
}

/** The object leaves it where the variable was that named it. */
function parseReport(environment: string): readonly string[] {
  const [, bars = ""] = /(?:^|\0)CONFINED=([a-z,]*)/.exec(environment) ?? [];
  return bars.split(",").filter((bar) => bar !== "");
}
