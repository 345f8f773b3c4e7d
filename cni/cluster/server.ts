import type { SecureContextOptions } from "node:tls";
import { Failure } from "../../core/errors.ts";
import { readCredential } from "./files.ts";
import type { Access } from "./kubeconfig.ts";
import { readPems } from "./pem.ts";
import { readSource, type Source, toPlace } from "./source.ts";

/** What a bearer token may be made of, and no end of a header's line. Source: RFC 6750, §2.1. */
const TOKEN = /^[\w.~+/=-]+$/;

/** One API server, and what it takes to be let in. */
export interface Server {
  /** Without a slash at its end. Has a path where a proxy serves several clusters. */
  readonly url: string;
  readonly tls: SecureContextOptions & { readonly servername?: string; readonly rejectUnauthorized: boolean };
  /** The token of now: of a service account, there is a new one every hour. Undefined where there is none. */
  readonly readToken: () => Promise<string | undefined>;
}

/**
 * Reads what it takes to speak to the server.
 *
 * @param insecure the admin's word that whoever answers be believed.
 * @throws {Failure} invalidConfig, also for what would speak to anybody without the admin's word; tryAgainLater when
 * nobody says where the server is.
 */
export async function readServer(access: Access, insecure: boolean): Promise<Server> {
  const { serverName, token } = access;
  const url = parseUrl(access.server, insecure);
  if (access.skipsVerify && !insecure) {
    throw new Failure(
      "invalidConfig",
      'the kubeconfig has "insecure-skip-tls-verify": anybody could answer',
      {
        details: `put the cluster's certificate into "certificate-authority-data" in its place, or set kubernetes.insecureSkipTlsVerify`,
      },
    );
  }
  return {
    url,
    tls: {
      ...(await readPems(access)),
      ...(serverName && { servername: serverName }),
      rejectUnauthorized: !insecure,
    },
    readToken: () => readToken(token),
  };
}

const ADDRESS = { details: 'it is "server" in the kubeconfig, or kubernetes.k8s_api_root before it' };

function parseUrl(server: string | undefined, insecure: boolean): string {
  if (server === undefined) {
    throw new Failure("tryAgainLater", "the API server has to be asked, and nobody says where it is", {
      details:
        "set kubernetes.kubeconfig to the path of a kubeconfig, or have the runtime hand over the pod's annotations: " +
        'declare the capability "io.kubernetes.cri.pod-annotations" in the conflist',
    });
  }
  const url = URL.parse(server);
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && insecure)) {
    throw new Failure("invalidConfig", "the API server's address must begin with https://", ADDRESS);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new Failure("invalidConfig", "the API server's address must be https://HOST:PORT", ADDRESS);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

async function readToken(source: Source | undefined): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const token = (await readSource(source, readCredential)).trim();
  if (TOKEN.test(token)) return token;
  throw new Failure("tryAgainLater", "the token for the API server is no token", {
    details: toPlace(source),
  });
}
