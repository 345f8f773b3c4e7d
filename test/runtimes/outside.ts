import { addNamespace, type NetworkNamespace, runIn, runIp } from "../setup/namespace.ts";

/** A host that is in none of a node's networks, with a cable to the node. */
export interface Outside extends AsyncDisposable {
  /** The node's address on that cable. */
  readonly node: string;
  /** GETs a page. @returns what it holds. @throws where nobody answers. */
  fetch(url: string): Promise<string>;
}

const [NODE, HOST] = ["192.0.2.1", "192.0.2.2"];
const FETCH =
  "console.log(await (await fetch(process.argv[1], {signal: AbortSignal.timeout(10_000)})).text())";

export async function addOutside({ name }: NetworkNamespace): Promise<Outside> {
  await using undo = new AsyncDisposableStack();
  const host = undo.use(await addNamespace());
  const cable = ["type", "veth", "peer", "name", "out0", "netns", name];
  await runIp(["-n", host.name, "link", "add", "eth0", ...cable]);
  for (const [namespace, link, address] of [
    [host.name, "eth0", HOST],
    [name, "out0", NODE],
  ] as const) {
    await runIp(["-n", namespace, "address", "add", `${address}/24`, "dev", link]);
    await runIp(["-n", namespace, "link", "set", link, "up"]);
  }
  const kept = undo.move();
  return {
    node: NODE,
    async fetch(url) {
      const command = [process.execPath, "--input-type=module", "--eval", FETCH, url] as const;
      const { exitCode, stdout, stderr } = await runIn(host, command);
      if (exitCode !== 0) throw new Error(`${url}: ${stderr}`);
      return stdout.trim();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
