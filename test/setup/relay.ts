import net from "node:net";
import { addVethPair, type NetworkNamespace, runIp } from "./namespace.ts";

/** The way from a namespace that stands for a node to a server that listens on our loopback. */
export interface Relay extends AsyncDisposable {
  /** `HOST:PORT`, as the node sees the server. */
  readonly host: string;
  /** How often the node has called. */
  readonly calls: () => number;
}

/** @param port of the server. */
export async function openRelay(node: NetworkNamespace, port: number): Promise<Relay> {
  await using undo = new AsyncDisposableStack();
  const [ours, theirs] = [`r-${node.name.slice(-12)}`, `s-${node.name.slice(-12)}`];
  // Files that are tested at the same time share our namespace.
  const subnet = `10.200.${process.env["VITEST_POOL_ID"] ?? "0"}`;
  await addVethPair([ours, theirs]);
  undo.defer(() => runIp(["link", "delete", ours]));
  await runIp(["link", "set", theirs, "netns", node.name]);
  await runIp(["address", "add", `${subnet}.1/30`, "dev", ours]);
  await runIp(["-n", node.name, "address", "add", `${subnet}.2/30`, "dev", theirs]);
  await runIp(["-n", node.name, "link", "set", theirs, "up"]);
  let calls = 0;
  const server = net.createServer((caller) => {
    calls++;
    const called = net.connect(port, "127.0.0.1");
    caller.pipe(called).pipe(caller);
    for (const [end, other] of [[caller, called] as const, [called, caller] as const]) {
      end.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(0, `${subnet}.1`, resolve);
  await promise;
  undo.defer(() => void server.close());
  const address = server.address();
  const kept = undo.move();
  return {
    host: `${subnet}.1:${typeof address === "object" ? address?.port : ""}`,
    calls: () => calls,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
