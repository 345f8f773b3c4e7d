import path from "node:path";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { load, type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";

/** What a test reads of the runtime's answers; the names are those of cri.proto. */
interface Answers {
  readonly Status: {
    status: { conditions: readonly { type: string; status: boolean; message: string }[] };
  };
  readonly RunPodSandbox: { pod_sandbox_id: string };
  readonly StopPodSandbox: object;
  readonly RemovePodSandbox: object;
  readonly PodSandboxStatus: {
    status: { network: { ip: string; additional_ips: readonly { ip: string }[] } };
    info: Readonly<Record<string, string>>;
  };
  readonly ListPodSandbox: { items: readonly { id: string }[] };
  readonly CreateContainer: { container_id: string };
  readonly StartContainer: object;
  readonly ExecSync: { stdout: Buffer; stderr: Buffer; exit_code: number };
}

/** A container runtime as the kubelet reaches it. */
export interface CriClient extends Disposable {
  /** @throws {ServiceError} whose `details` hold what the runtime says, as the kubelet shows it in events. */
  call<Method extends keyof Answers>(method: Method, request: object): Promise<Answers[Method]>;
}

/** For a call in which plugins run; the kubelet waits up to four minutes. */
const CALL_MS = 60_000;

/** Without, the client would take the socket's path for a host's name. */
const OPTIONS = { "grpc.default_authority": "localhost" };

/** Connects to the socket that the runtime listens at, by the time of the first call. */
export async function openCri(socket: string): Promise<CriClient> {
  const service = findService(
    await load(path.join(import.meta.dirname, "cri.proto"), {
      keepCase: true,
      defaults: true,
      longs: Number,
    }),
  );
  const client = new Client(`unix://${socket}`, credentials.createInsecure(), OPTIONS);
  return {
    call: (method, request) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answers[typeof method]>();
      const definition = service[method];
      if (definition === undefined) throw new Error(`cri.proto has no ${method}`);
      client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        (bytes) => definition.responseDeserialize(bytes) as Answers[typeof method],
        request,
        new Metadata(),
        { deadline: Date.now() + CALL_MS },
        (error: ServiceError | null, answer) => {
          if (error !== null) reject(error);
          else if (answer === undefined) reject(new Error(`${method} was not answered`));
          else resolve(answer);
        },
      );
      return promise;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function findService(definitions: PackageDefinition): ServiceDefinition {
  const found = definitions["runtime.v1.RuntimeService"];
  if (found === undefined || "format" in found) throw new Error("cri.proto has no RuntimeService");
  return found as ServiceDefinition;
}
