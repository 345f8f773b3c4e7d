import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findErrno } from "../../core/errors.ts";
import { type Certified, makeCertificates } from "../fakes/certificates.ts";
import { buildClusterPrograms } from "../setup/cluster-programs.ts";
import { findFreePort } from "../setup/free-port.ts";
import { type ApiAnswer, type ApiCall, callApi } from "./api-call.ts";
import { startDatabase } from "./database.ts";
import { type RunningProgram, runProgram } from "./program.ts";

/** Slow machines have two cores and other work. */
const START_MS = 90_000;
const POLL_MS = 100;
const LOG_CHARACTERS = 2_000;
/** A file system in memory; the suite's own. */
const VOLATILE_DIR = "/run";

export interface ClusterServer extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, the same whenever it is started again. */
  readonly url: string;
  /** Of the server's certificate; `authority` is a PEM file. */
  readonly certified: Certified;
  /** An administrator's bearer token, and the same one's client certificate. */
  readonly admin: { readonly token: string; readonly certified: Certified };
  /** One call; the administrator's, unless it has a token of its own. */
  call(call: ApiCall): Promise<ApiAnswer>;
  /** As `kubectl` and plugins read it, with the authority's certificate inside. */
  toKubeconfig(token: string): string;
  /** The API server is gone, its objects are kept: as an outage. */
  stop(): Promise<void>;
  /** Returns when it is ready. */
  start(): Promise<void>;
  /** It stands still: connections are accepted and never answered. */
  suspend(): void;
  resume(): void;
}

/**
 * Starts a real etcd and kube-apiserver on loopback: TLS with an authority of their own, RBAC, the usual admission
 * plugins. No controller runs: a namespace has no service account until one is made.
 */
export async function startCluster(): Promise<ClusterServer> {
  const programs = await buildClusterPrograms();
  await using undo = new AsyncDisposableStack();
  const dir = await mkdtemp(path.join(VOLATILE_DIR, "genie-cluster-"));
  undo.defer(() => rm(dir, { recursive: true }));
  const certified = await makeCertificates(dir, "server", { names: ["IP:127.0.0.1", "DNS:localhost"] });
  const subject = "/O=system:masters/CN=admin";
  const client = await makeCertificates(dir, "client", { names: ["DNS:admin"], subject });
  const admin = { token: randomBytes(16).toString("hex"), certified: client };
  const database = undo.use(await startDatabase(programs.etcd, dir));
  const port = await findFreePort();
  const words = await toWords({ dir, port, database: database.url, certified, admin });
  const url = `https://127.0.0.1:${port}`;
  const address = { url, authority: await readFile(certified.authority, "utf8") };
  const call = (one: ApiCall) => callApi(address, { token: admin.token, ...one });
  const log = path.join(dir, "kube-apiserver.log");
  const start = async (): Promise<RunningProgram> => {
    const started = runProgram(programs.apiServer, words, log);
    await waitUntilReady(started, call, log);
    return started;
  };
  let server = await start();
  undo.defer(() => server.stop());
  const kept = undo.move();
  return {
    url,
    certified,
    admin,
    call,
    toKubeconfig: (token) => toKubeconfig(address, token),
    stop: () => server.stop(),
    start: async () => void (server = await start()),
    suspend: () => server.suspend(),
    resume: () => server.resume(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface ServerOptions extends Pick<ClusterServer, "certified" | "admin"> {
  readonly dir: string;
  readonly port: number;
  /** Of etcd. */
  readonly database: string;
}

/** Source: Kubernetes' reference of kube-apiserver's options. */
async function toWords({ dir, port, database, certified, admin }: ServerOptions): Promise<readonly string[]> {
  const tokens = path.join(dir, "tokens.csv");
  await writeFile(tokens, `${admin.token},admin,admin,system:masters\n`);
  return [
    `--etcd-servers=${database}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--secure-port=${port}`,
    `--cert-dir=${dir}`,
    `--tls-cert-file=${certified.certificate}`,
    `--tls-private-key-file=${certified.key}`,
    `--client-ca-file=${admin.certified.authority}`,
    `--token-auth-file=${tokens}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--service-cluster-ip-range=10.96.0.0/24",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${certified.key}`,
    `--service-account-key-file=${certified.certificate}`,
    "--profiling=false",
  ];
}

async function waitUntilReady(
  server: RunningProgram,
  call: ClusterServer["call"],
  log: string,
): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await isReady(call))) {
    if (server.hasEnded() || Date.now() > deadline) {
      await server.stop();
      const end = (await readFile(log, "utf8")).slice(-LOG_CHARACTERS);
      throw new Error(`kube-apiserver did not start:\n${end}`);
    }
    await sleep(POLL_MS);
  }
}

async function isReady(call: ClusterServer["call"]): Promise<boolean> {
  try {
    return (await call({ path: "/readyz" })).status === 200;
  } catch (error) {
    if (["ECONNREFUSED", "ECONNRESET"].includes(findErrno(error) ?? "")) return false;
    throw error;
  }
}

/** Source: Kubernetes, "kubeconfig (v1)"; JSON is YAML. */
function toKubeconfig({ url, authority }: { url: string; authority: string }, token: string): string {
  const data = Buffer.from(authority).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: url, "certificate-authority-data": data } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}
