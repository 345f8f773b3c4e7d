import path from "node:path";
import { writeFile } from "node:fs/promises";
import { openKernel } from "../../cni/kernel.ts";
import type { Attachment } from "../../core/ports.ts";
import { openFakeNode, type FakeNode } from "../fakes/node.ts";
import { type Desk, makeDesk } from "./geniectl.ts";

/** A node's folders on a person's desk; its ledger is asked for and cleaned up by the built geniectl. */
export interface KeptNode extends AsyncDisposable {
  readonly node: FakeNode;
  readonly desk: Desk;
  /** Genie's own configuration, in the conf folder. */
  readonly configFile: string;
  /** In the namespace of this very process. */
  living(more?: Partial<Attachment>): Promise<Attachment>;
  /** Of this boot, in a namespace that is gone. */
  dead(more?: Partial<Attachment>): Promise<Attachment>;
}

export async function makeKeptNode(): Promise<KeptNode> {
  await using undo = new AsyncDisposableStack();
  const node = undo.use(await openFakeNode());
  const desk = undo.use(await makeDesk());
  const confDir = path.join(node.dir, "net.d");
  const configFile = path.join(confDir, "00-genie.conf");
  const genie = { confDir, stateDir: node.dir, moduleStore: path.join(node.dir, "modules") };
  await writeFile(configFile, JSON.stringify({ cniVersion: "1.0.0", name: "genie", type: "genie", genie }));
  const kernel = openKernel();
  const bootId = await kernel.bootId();
  const here = `/proc/${process.pid}/ns/net`;
  const kept = undo.move();
  return {
    node,
    desk,
    configFile,
    living: async (more) =>
      node.attachment({
        bootId,
        namespace: { path: here, identity: await kernel.identify(here), folder: await kernel.locate(here) },
        ...more,
      }),
    dead: async (more) =>
      node.attachment({
        bootId,
        namespace: {
          path: "/run/netns/gone",
          identity: "4:1",
          folder: await kernel.locate("/run/netns/gone"),
        },
        ...more,
      }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
