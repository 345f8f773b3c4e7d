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

/** Of dist: what node has compiled of its programs. */
export const CACHE_FOLDER = "compile-cache";

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

/**
 * Has node keep what it compiled beside the program, where that folder is the caller's own: whoever may write there may
 * replace the program, too. No link: in /tmp anybody can lead one to what is root's and open to all. A process is forked
 * only for a link to the program.
 */
const USE_CACHE = [
  `file=$0; [ -h "$file" ] && file=$(readlink -f -- "$0" 2>/dev/null)`,
  `cache=\${file%/*}/../${CACHE_FOLDER}; [ ! -h "$cache" ] && [ -O "$cache" ] && export NODE_COMPILE_CACHE="$cache"`,
];

const NEED = "node 24 or newer is needed";
const TODO = "set GENIE_NODE to its path or put it on PATH";

/** How each program tells that there is no fit node: the plugin on stdout as CNI wants it, others on stderr. */
const CNI_ERROR = JSON.stringify({ cniVersion: "1.0.0", code: 5, msg: NEED, details: TODO });
const CLI_ERROR = `error: ${NEED}: ${TODO}`;

/** Leaves the path of node in `$node`, or tells on stdout (1) or stderr (2) that there is none, and ends. */
export function requireNode(error: string = CLI_ERROR, descriptor: 1 | 2 = 2): readonly string[] {
  return [
    ...FIND_NODE,
    `case $node in /*) [ -f "$node" ] && [ -x "$node" ];; *) false;; esac || { echo '${error}' >&${descriptor}; exit 1; }`,
  ];
}

/** The head of a program that runs with the caller's privileges. */
export function planTrampoline(program: string): Trampoline {
  const isPlugin = program === "genie-standalone";
  const [error, stream] = isPlugin ? [CNI_ERROR, "stdout"] : [CLI_ERROR, "stderr"];
  return {
    shell: [...requireNode(error, isPlugin ? 1 : 2), ...USE_CACHE, `exec "$node" "$0" "$@"`],
    script:
      `if (parseInt(process.versions.node) < 24) ` +
      `{ process.${stream}.write(${JSON.stringify(`${error}\n`)}); process.exit(1); } ` +
      `delete process.env.NODE_COMPILE_CACHE; const programUrl = require("url").pathToFileURL(__filename).href;`,
  };
}

/** The text in front of the program's own code. */
export function formatTrampoline({ shell, script }: Trampoline): string {
  return ["#!/bin/sh", ...shell.map((line) => `':' //; ${line}`), script].join("\n");
}
