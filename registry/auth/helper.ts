import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { findJsonObject } from "../../core/spec/json.ts";
import { RegistryFailure } from "../errors.ts";
import type { Credential, Environment } from "./credential.ts";

/** Some helpers ask a person. */
const HELPER_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 2 ** 10;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** How a helper says that it has none. Source: github.com/docker/docker-credential-helpers, credentials/error.go. */
const NONE = "credentials not found in native keychain";
/** Beside such a name, the secret is an identity token. Source: docker/cli, "Credential helper protocol". */
const TOKEN_NAME = "<token>";

interface Question {
  /** What the helper knows the registry by. */
  readonly server: string;
  /** The credential file that names the helper. */
  readonly file: string;
  readonly env: Environment;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks the program `docker-credential-NAME` for a login; undefined when it has none. What it says is in no error.
 * @throws {RegistryFailure} credentialHelper
 */
export async function askHelper(
  name: unknown,
  { server, file, env, signal }: Question,
): Promise<Credential | undefined> {
  const fail = (why: string): never => {
    throw new RegistryFailure(
      "credentialHelper",
      `${file} has a helper for the login of ${server} that ${why}`,
    );
  };
  if (typeof name !== "string" || !NAME.test(name)) return fail("has no name that a helper can have");
  const program = `docker-credential-${name}`;
  const ran = await run(program, { server, env, signal });
  if (ran === undefined) return fail(`didn't answer in ${HELPER_MS} ms: ${program}`);
  const { exitCode, stdout, isMaxBuffer, code } = ran;
  if (isMaxBuffer) return fail(`answered too much: ${program}`);
  if (code === "ENOENT") return fail(`isn't on PATH: ${program}`);
  if (exitCode !== 0 && stdout.trim() === NONE) return undefined;
  if (exitCode !== 0) return fail(`failed (exit code ${exitCode ?? "none"}): ${program}`);
  const { Username: username, Secret: secret } = findJsonObject(stdout) ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || username.includes(":"))
    return fail(`gave no usable answer: ${program}`);
  if (username === "" && secret === "") return undefined;
  return username === TOKEN_NAME ? { identityToken: secret } : { username, password: secret };
}

/** Undefined when it takes too long. What it has started itself may hold its output open: that is not waited for. */
async function run(program: string, { server, env, signal }: Omit<Question, "file">) {
  const child = execa(program, ["get"], {
    input: server,
    env: withoutOwn(env),
    extendEnv: false,
    stderr: "ignore",
    maxBuffer: MAX_ANSWER_BYTES,
    killSignal: "SIGKILL",
    reject: false,
  });
  const answered = new AbortController();
  const stop = signal === undefined ? answered.signal : AbortSignal.any([answered.signal, signal]);
  try {
    return await Promise.race([child, sleep(HELPER_MS, undefined, { signal: stop })]);
  } finally {
    answered.abort();
    child.kill();
    child.stdout.destroy();
  }
}

/** Helpers of clouds take their settings from the environment; ours, such as a key's passphrase, are none of theirs. */
function withoutOwn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GENIE_")));
}
