import { startScriptedApi, type ScriptedApi } from "../fakes/scripted-api.ts";
import { openRelay, type Relay } from "../setup/relay.ts";
import type { TestNode } from "./node.ts";

/** An API server that answers as it is told, and the node's way to it. */
export interface NodeApi {
  readonly api: ScriptedApi;
  readonly relay: Relay;
  /** For the API server as the node sees it. */
  readonly kubeconfig: string;
}

export async function startNodeApi({ namespace }: TestNode, undo: AsyncDisposableStack): Promise<NodeApi> {
  const api = undo.use(await startScriptedApi());
  const relay = undo.use(await openRelay(namespace, Number(new URL(api.url).port)));
  const cluster = {
    server: `https://${relay.host}`,
    "tls-server-name": "localhost",
    "certificate-authority": "api/authority.pem",
  };
  return { api, relay, kubeconfig: await api.writeKubeconfig({ cluster }) };
}
