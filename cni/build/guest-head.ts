/** What confines the guest process before a line of its program runs: user, namespaces, limits, node's own guards. */

import { requireNode, type Trampoline } from "./trampoline.ts";

/** The uid and gid of guest processes started by root. Owns nothing and is in no password file. */
export const GUEST_ID = 60717;

/** Bounds of the guest's process, whatever its modules ask for. */
const LIMITS = "--fsize=0 --core=0 --nofile=32 --data=1073741824";

/**
 * `--wasm-max-mem-pages` is only the backstop (64 MiB a memory); the host writes each memory's own maximum.
 * `--disable-sigusr1`: the signal would open an inspector.
 */
const NODE_FLAGS =
  "--permission --disallow-code-generation-from-strings --disable-sigusr1 " +
  "--max-old-space-size=96 --max-semi-space-size=8 --wasm-max-mem-pages=1024";

/** Runs the program out of descriptor 3: under the guest's uid its path may lead through a closed folder. */
const BOOTSTRAP =
  `const fs = require("fs"); const text = fs.readFileSync(3, "utf8"); fs.closeSync(3); fs.closeSync(4); ` +
  `require("vm").runInThisContext("(require) => {//" + text + "\\n}", "genie-guest")(require);`;

const DROP = "--bounding-set=-all --inh-caps=-all --ambient-caps=-all";

/**
 * The head of the guest process: gives everything up, then runs node. Root becomes another user; who can't
 * (an ordinary user, or root in a user namespace without that uid) gives up what the kernel lets it.
 * Opening the script and node comes first, since afterwards neither may be within reach.
 */
export function planGuestHead(): Trampoline {
  return {
    shell: [
      ...requireNode(),
      `exec 3<"$0" 4<"$node"; PATH=/usr/sbin:/usr/bin:/sbin:/bin`,
      `while read -r key uid rest; do [ "$key" = Uid: ] && break; done </proc/self/status`,
      `reach=; while read -r first rest count; do [ "$first" -le ${GUEST_ID} ] && ` +
        `[ $((first + count)) -gt ${GUEST_ID} ] && reach=yes; done </proc/self/uid_map`,
      `if [ "$uid$reach" = 0yes ]; then space='unshare --net --ipc --'; ` +
        `drop='--reuid=${GUEST_ID} --regid=${GUEST_ID} --clear-groups ${DROP}'; ` +
        `elif unshare --net --ipc true 2>&-; then space='unshare --net --ipc --'; drop='${DROP}'; ` +
        `elif unshare --user --map-root-user --net --ipc true 2>&-; then ` +
        `space='unshare --user --map-root-user --net --ipc --'; drop='${DROP}'; else space=; drop=; fi`,
      `exec env -i $space prlimit ${LIMITS} -- ` +
        `setpriv --no-new-privs --pdeathsig=KILL $drop -- /proc/self/fd/4 ${NODE_FLAGS} -e '${BOOTSTRAP}'`,
    ],
    script: "",
  };
}
