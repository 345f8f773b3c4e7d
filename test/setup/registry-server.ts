import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { findFreePort } from "./free-port.ts";
import { ensureTools } from "./tools.ts";

export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`, as references name it. */
  readonly host: string;
}

const START_MS = 10_000;
const POLL_MS = 25;

export interface RegistryOptions {
  /** For its blobs and its log. */
  readonly dir: string;
  /** `name:bcrypt` of who alone may pull and push, as in htpasswd(1). */
  readonly login?: string;
}

/** Starts a real docker-registry on loopback. Gone at disposal, or with us. */
export async function startRegistry({ dir, login }: RegistryOptions): Promise<RegistryServer> {
  const { dockerRegistry } = await ensureTools();
  await mkdir(dir, { recursive: true });
  const host = `127.0.0.1:${await findFreePort()}`;
  const log = path.join(dir, "registry.log");
  const config = path.join(dir, "registry.yml");
  const passwords = login && path.join(dir, "htpasswd");
  if (passwords !== undefined) await writeFile(passwords, `${login}\n`);
  await writeFile(config, configuration(host, path.join(dir, "storage"), passwords));
  const output = { file: log } as const;
  const server = execa(dockerRegistry, ["serve", config], {
    stdin: "ignore",
    stdout: output,
    stderr: output,
    reject: false,
    forceKillAfterDelay: 2_000,
  });
  const stop = async (): Promise<void> => {
    server.kill();
    await server;
  };
  let ended = false;
  void server.then(() => (ended = true));
  const deadline = Date.now() + START_MS;
  while (!(await answers(host))) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`docker-registry did not start at ${host}; see ${log}`);
    }
    await sleep(POLL_MS);
  }
  return { host, [Symbol.asyncDispose]: stop };
}

/** Source: https://distribution.github.io/distribution/about/configuration/ */
function configuration(address: string, rootDirectory: string, passwords: string | undefined): string {
  return JSON.stringify({
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: rootDirectory }, delete: { enabled: true } },
    http: { addr: address },
    ...(passwords !== undefined && { auth: { htpasswd: { realm: "genie", path: passwords } } }),
  });
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`, { signal: AbortSignal.timeout(1_000) })).status < 500;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false; // not listening yet, or slow
    throw error;
  }
}
