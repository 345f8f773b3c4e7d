/** What confines the guest process before a line of its program runs: user, namespaces, limits, node's own guards. */

import { requireNode, type Trampoline } from "./trampoline.ts";

/** The uid and gid of guest processes started by root. Owns nothing and is in no password file. */
export const GUEST_ID = 60717;

/** Bounds of a confined process, whatever it is asked to do. */
export interface HeadLimits {
  /** Of V8's old generation. Who starts the program may name another one as its first argument. */
  readonly heapMiB: number;
  /** Of what the process has beside that heap: wasm memories, compiled code, stacks, node's own. */
  readonly besideHeapMiB: number;
  /** Of one wasm memory: the backstop, as the host writes each memory's own maximum. */
  readonly wasmMemoryMiB: number;
}

/** Of the process in which modules run. */
export const GUEST_LIMITS: HeadLimits = { heapMiB: 96, besideHeapMiB: 928, wasmMemoryMiB: 64 };

/** Of the process in which the transpiler runs: jco keeps a component several times in its memory. */
export const TRANSPILER_LIMITS: HeadLimits = { heapMiB: 256, besideHeapMiB: 1024, wasmMemoryMiB: 512 };

/**
 * `--disable-sigusr1`: the signal would open an inspector. `--initial-old-space-size` (MiB): the instances of modules are
 * garbage that only a full collection frees; from V8's own small start there would be one every 100 decisions.
 * `--v8-pool-size`: what a module has V8 optimize goes on after its answer.
 */
const NODE_FLAGS =
  "--permission --no-experimental-sqlite --disallow-code-generation-from-strings --disable-sigusr1 " +
  "--max-semi-space-size=8 --initial-old-space-size=64 --v8-pool-size=1";

const WASM_PAGES_PER_MIB = 16;

/** Of the shell variable `$heap`, which holds MiB. */
function formatProcessLimits({ besideHeapMiB }: HeadLimits): string {
  return `--fsize=0 --core=0 --nofile=32 --data=$(((heap + ${besideHeapMiB}) * 1048576))`;
}

function formatNodeFlags({ wasmMemoryMiB }: HeadLimits): string {
  const pages = wasmMemoryMiB * WASM_PAGES_PER_MIB;
  return `${NODE_FLAGS} --max-old-space-size=$heap --wasm-max-mem-pages=${pages}`;
}

/**
 * Takes from JavaScript's reach what node adds to the language, before any module's glue is evaluated: node doesn't
 * restrict sockets by `--permission`. The language's own names are those of a fresh context.
 */
export const REALM =
  `const kept = new Set(vm.runInNewContext("Object.getOwnPropertyNames(globalThis)")); kept.delete("console"); ` +
  `for (const name of ["Buffer", "TextDecoder", "TextEncoder"]) kept.add(name); ` +
  `for (const name of Reflect.ownKeys(globalThis)) ` +
  `if (!kept.has(name) && !Reflect.deleteProperty(globalThis, name)) throw new Error("kept: " + String(name)); ` +
  `globalThis.process = {};`;

/**
 * Runs the program out of descriptor 3: under the guest's uid its path may lead through a closed folder. Before, it
 * closes what else was inherited; the arguments name those descriptors that sh can't close.
 */
const BOOTSTRAP =
  `{ const fs = require("fs"); const vm = require("vm"); const load = require; ` +
  `const [object, ...more] = process.argv.slice(1); ` +
  `if (object !== "" && process.env.CONFINED === undefined) ` +
  `{ console.error(object + " can not be loaded"); process.exit(1); } ` +
  `const text = fs.readFileSync(3, "utf8"); for (const fd of [3, 4, ...more]) fs.closeSync(+fd); ` +
  `${REALM} vm.runInThisContext("(require) => {//" + text + "\\n}", "genie-guest")(load); }`;

/** Leaves in `$more` the inherited descriptors above 9, which sh has no words for; its own are closed by exec. */
const CLOSE_INHERITED = [
  `exec 5>&- 6>&- 7>&- 8>&- 9>&-; set +f; more=`,
  `for file in /proc/self/fdinfo/??*; do while read -r key flags; do case $key$flags in ` +
    `flags:*[2367]??????) ;; flags:*) more="$more \${file##*/}";; esac; done <"$file"; done 2>&-; set -f`,
];

/**
 * Leaves in `$object` the native part of our machine's kind (cni/shim/confine), as descriptor 5, and in `$preload` the
 * variable that has ld.so load it; the colons are room for what it reports in there. Both are empty where there is none.
 */
const FIND_OBJECT = [
  `{ read -r machine </proc/sys/kernel/arch || machine=$(uname -m); } 2>&-`,
  `home=$0; [ -h "$home" ] && home=$(readlink -f "$home"); case $home in */*) ;; *) home=./$home;; esac`,
  `object=\${home%/*}/../lib/confine-$machine.so; preload=; cap=`,
  `if [ -f "$object" ]; then exec 5<"$object"; more="5$more"; cap=,+sys_chroot; ` +
    `preload=LD_PRELOAD=/proc/self/fd/5::::::::; else object=; fi`,
];

/** A process that its parent's death kills, with namespaces of its own, of which it is the first process. */
const SPACE = "--net --ipc --pid --fork --kill-child --";

/** All capabilities but the one that the object uses to leave the root folder; it gives that up as well. */
const DROP = "--bounding-set=-all$cap --inh-caps=-all$cap --ambient-caps=-all$cap";

/** Of all guests together, where they have a user of their own: each has 3 threads. */
const THREAD_LIMIT = 2048;

/**
 * The head of the guest process: gives everything up, then runs node. Root becomes another user; who can't
 * (an ordinary user, or root in a user namespace without that uid) gives up what the kernel lets it.
 * Opening the script and node comes first, since afterwards neither may be within reach.
 */
export function planGuestHead(limits: HeadLimits): Trampoline {
  return {
    shell: [
      ...requireNode(),
      `case \${1:-} in '' | *[!0-9]*) heap=${limits.heapMiB};; *) heap=$1;; esac`,
      `exec 3<"$0" 4<"$node"; PATH=/usr/sbin:/usr/bin:/sbin:/bin`,
      `while read -r key uid rest; do [ "$key" = Uid: ] && break; done </proc/self/status`,
      `reach=; while read -r first rest count; do [ "$first" -le ${GUEST_ID} ] && ` +
        `[ $((first + count)) -gt ${GUEST_ID} ] && reach=yes; done </proc/self/uid_map`,
      ...CLOSE_INHERITED,
      ...FIND_OBJECT,
      `drop="${DROP}"; threads=; if [ "$uid$reach" = 0yes ]; then space='unshare ${SPACE}'; ` +
        `threads=--nproc=${THREAD_LIMIT}; drop="--reuid=${GUEST_ID} --regid=${GUEST_ID} --clear-groups $drop"; ` +
        `elif unshare ${SPACE} true 2>&-; then space='unshare ${SPACE}'; ` +
        `elif unshare --user --map-root-user ${SPACE} true 2>&-; then ` +
        `space='unshare --user --map-root-user ${SPACE}'; else space=; drop=; fi`,
      `exec setpriv --pdeathsig=KILL -- $space prlimit $threads ${formatProcessLimits(limits)} -- ` +
        `setpriv --no-new-privs --pdeathsig=KILL $drop -- ` +
        `env -i $preload /proc/self/fd/4 ${formatNodeFlags(limits)} -e '${BOOTSTRAP}' -- "$object" $more`,
    ],
    script: "",
  };
}
