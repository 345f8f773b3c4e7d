import type { ClusterConfig } from "../../core/cluster-config.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { readAccess } from "./access.ts";
import { openApi, unlessStatus } from "./api.ts";
import { Budget } from "./budget.ts";
import { type Credential, listCredentials } from "./credentials.ts";
import { openAgent } from "./exchange.ts";
import type { Way } from "./find.ts";
import type { Kind } from "./kinds.ts";
import { type Right, toStrange } from "./refusal.ts";
import { readServer } from "./server.ts";

/** Of all questions together. */
const ASK_MS = 5000;
/** Source: kube-apiserver, `serviceaccount.NodeNameKey`. */
const NODE_NAME = "authentication.kubernetes.io/node-name";

/** Who the API server takes us for. */
export interface ApiUser {
  readonly name: string;
  /** To which its token is bound; undefined where it is to none. */
  readonly node: string | undefined;
}

/**
 * What an admin asks about the way to the API server, and an ADD doesn't.
 *
 * @throws {Failure} tryAgainLater from every question, as those of a Cluster.
 */
export interface Inspection {
  readonly url: string;
  readonly credentials: readonly Credential[];
  readonly findUser: (signal: AbortSignal) => Promise<ApiUser>;
  readonly isAllowed: (right: Right, signal: AbortSignal) => Promise<boolean>;
  readonly isServed: (kind: Kind, signal: AbortSignal) => Promise<boolean>;
}

/** @throws {Failure} invalidConfig or tryAgainLater when it can't be known how the server is reached. */
export async function openInspection(config: ClusterConfig): Promise<Inspection> {
  const access = await readAccess(config, process.env);
  const server = await readServer(access, config.kubernetes.insecureSkipTlsVerify);
  const way = { server, agent: openAgent(server.url), budget: new Budget(ASK_MS) };
  return {
    url: server.url,
    credentials: await listCredentials(access, config.kubernetes.kubeconfig),
    findUser: (signal) => findUser({ ...way, signal }),
    isAllowed: (right, signal) => isAllowed(right, { ...way, signal }),
    isServed: (kind, signal) => isServed(kind, { ...way, signal }),
  };
}

async function findUser(way: Way): Promise<ApiUser> {
  const { userInfo } = await review({ group: "authentication.k8s.io", kind: "SelfSubjectReview" }, way);
  const { username, extra } = isJsonObject(userInfo) ? userInfo : {};
  const nodes = isJsonObject(extra) ? extra[NODE_NAME] : undefined;
  const node: unknown = Array.isArray(nodes) ? nodes[0] : undefined;
  return {
    name: typeof username === "string" ? username : "",
    node: typeof node === "string" ? node : undefined,
  };
}

async function isAllowed(right: Right, way: Way): Promise<boolean> {
  const asked = { group: "authorization.k8s.io", kind: "SelfSubjectAccessReview" };
  const { allowed } = await review({ ...asked, spec: { resourceAttributes: right } }, way);
  return allowed === true;
}

interface Review {
  readonly group: string;
  readonly kind: string;
  readonly spec?: object;
}

/** What the server says of ourselves, which everybody whom it knows may ask. Nothing is kept of it. */
async function review({ group, kind, spec = {} }: Review, way: Way): Promise<Record<string, unknown>> {
  const plural = `${kind.toLowerCase()}s`;
  const { custom } = openApi({ ...way, right: { verb: "create", resource: plural, group, namespace: "" } });
  const body = { apiVersion: `${group}/v1`, kind, spec };
  const answer: unknown = await custom.createClusterCustomObject({ group, version: "v1", plural, body });
  const status = isJsonObject(answer) ? answer["status"] : undefined;
  if (isJsonObject(status)) return status;
  throw toStrange(`the API server's answer is no ${kind}`);
}

async function isServed({ group, version, plural }: Kind, way: Way): Promise<boolean> {
  const right = { verb: "get", resource: plural, group, namespace: "" } as const;
  const { custom } = openApi({ ...way, right, narrow: narrowResources });
  const found = await unlessStatus([404], custom.getAPIResources({ group, version }));
  return found?.resources.some(({ name }) => name === plural) ?? false;
}

function narrowResources({ resources }: JsonObject): JsonObject {
  if (!Array.isArray(resources)) throw toStrange("the API server's answer is no APIResourceList");
  return { resources: resources.filter(isJsonObject).map(({ name }) => ({ name })) };
}
