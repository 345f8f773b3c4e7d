/**
 * The head of each program in dist/bin: lines that sh runs and that JavaScript sees as a string and a comment.
 * sh finds node and hands the same file to it, so a program is one file that can be copied alone.
 */

export interface Trampoline {
  /** sh code, a line each; the last one is an exec. */
  readonly shell: readonly string[];
  /** JavaScript that runs before the program. */
  readonly script: string;
}

/** Settings of node that a caller's environment could smuggle in. Source: node's doc/api/cli.md. */
const NODE_VARIABLES = [
  "NODE_OPTIONS NODE_PATH NODE_COMPILE_CACHE NODE_COMPILE_CACHE_PORTABLE NODE_DISABLE_COMPILE_CACHE",
  "NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_ICU_DATA NODE_PENDING_DEPRECATION NODE_PENDING_PIPE_INSTANCES NODE_PRESERVE_SYMLINKS",
  "NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS NODE_NO_WARNINGS NODE_REPL_EXTERNAL_MODULE",
  "NODE_REPL_HISTORY NODE_SKIP_PLATFORM_CHECK NODE_TEST_CONTEXT NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA",
  "NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE NODE_UNIQUE_ID OPENSSL_CONF OPENSSL_MODULES",
  "SSL_CERT_DIR SSL_CERT_FILE UV_THREADPOOL_SIZE UV_USE_IO_URING",
].join(" ");

/** Leaves the path of node in `$node`, or nothing; forks no process, since every ADD passes here. */
const FIND_NODE = [
  `unset ${NODE_VARIABLES}`,
  `node=\${GENIE_NODE:-}; set -f; IFS=:`,
  `[ "$node" ] || for dir in $PATH; do [ -f "$dir/node" ] && [ -x "$dir/node" ] && node=$dir/node && break; done`,
  `unset IFS`,
];

const NEED = "node 24 or newer is needed";
const TODO = "set GENIE_NODE to its path or put it on PATH";

/** How each program tells that there is no fit node: the plugin on stdout as CNI wants it, others on stderr. */
const CNI_ERROR = JSON.stringify({ cniVersion: "1.0.0", code: 5, msg: NEED, details: TODO });
const CLI_ERROR = `error: ${NEED}: ${TODO}`;

/** The head of a program that runs with the caller's privileges. */
export function planTrampoline(program: string): Trampoline {
  const isPlugin = program === "genie-standalone";
  const [error, stream] = isPlugin ? [CNI_ERROR, "stdout"] : [CLI_ERROR, "stderr"];
  return {
    shell: [
      ...FIND_NODE,
      `[ -x "$node" ] || { echo '${error}' >&${isPlugin ? 1 : 2}; exit 1; }`,
      `exec "$node" "$0" "$@"`,
    ],
    script:
      `if (parseInt(process.versions.node) < 24) ` +
      `{ process.${stream}.write(${JSON.stringify(`${error}\n`)}); process.exit(1); } ` +
      `const programUrl = require("url").pathToFileURL(__filename).href;`,
  };
}

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
export function planGuestTrampoline(): Trampoline {
  return {
    shell: [
      ...FIND_NODE,
      `[ -x "$node" ] || { echo '${CLI_ERROR}' >&2; exit 1; }`,
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

/** The text in front of the program's own code. */
export function formatTrampoline({ shell, script }: Trampoline): string {
  return ["#!/bin/sh", ...shell.map((line) => `':' //; ${line}`), script].join("\n");
}
