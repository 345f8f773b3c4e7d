import { stat } from "node:fs/promises";
import type { Credential } from "../cluster/credentials.ts";
import { type Finding, ok, problem, warning } from "./check.ts";

/** Who renews one by itself does it long before: the kubelet when a fifth of the time is left. */
const SOON_SHARE = 0.1;

/** Where no DaemonSet brings one. */
export const MAKE_TOKEN =
  "kubectl create token genie --namespace kube-system --bound-object-kind Node --bound-object-name NODE";

const TODO_BY_WHAT = {
  token: `bring a new one: ${MAKE_TOKEN}`,
  "client certificate": "bring a new one, signed by the cluster's authority",
} as const satisfies Record<Credential["what"], string>;

/** How long it is good for, and whether others may read it. */
export async function checkCredential(
  of: string,
  credential: Credential,
  nowMs: number,
): Promise<readonly Finding[]> {
  const check = `${of}, ${credential.what}`;
  const readable = await findReadable(check, credential);
  return [toSpanFinding(check, credential, nowMs), ...(readable === undefined ? [] : [readable])];
}

function toSpanFinding(check: string, { what, span }: Credential, nowMs: number): Finding {
  if (span === undefined) return ok(check, "doesn't say when it ends");
  const end = new Date(span.toMs).toISOString();
  const todo = TODO_BY_WHAT[what];
  if (span.toMs <= nowMs) return problem(check, { detail: `ended ${end}`, todo });
  const isSoon = span.toMs - nowMs < (span.toMs - span.fromMs) * SOON_SHARE;
  return isSoon ? warning(check, { detail: `ends soon, ${end}`, todo }) : ok(check, `ends ${end}`);
}

async function findReadable(check: string, { file }: Credential): Promise<Finding | undefined> {
  if (file === undefined) return undefined;
  const { uid, gid, mode } = await stat(file);
  const isOthers = (mode & 0o004) !== 0 || ((mode & 0o040) !== 0 && gid !== 0);
  if (uid === process.geteuid?.() && !isOthers) return undefined;
  const detail = `${file} belongs to uid ${uid} and has mode ${(mode & 0o7777).toString(8)}: others read it`;
  return warning(check, { detail, todo: `chown root ${file} && chmod 600 ${file}` });
}
