import type { Definition, ObjectRef } from "../cluster.ts";
import { Failure } from "../errors.ts";
import type { Wish } from "../intent/intent.ts";
import type { AddPorts } from "../ports.ts";
import type { Surroundings } from "./candidates.ts";
import { hintClosest, listForHint } from "./closest-object.ts";
import { findIsolation, mayUse } from "./permission.ts";

type Ports = Pick<AddPorts, "cluster" | "signal">;

/**
 * The object that is wished for. Where there is no cluster, the files of the conf folder stand for its objects.
 *
 * @throws {Failure} unknownNetwork, naming the closest of those that the pod may use; deniedByRule where it may use
 * none of an isolated namespace, as for one that is there: what isn't for the pod, it can't find by guessing either.
 */
export async function requireDefinition(
  ref: ObjectRef,
  { wish, around }: { wish: Wish; around: Surroundings },
  { cluster, signal }: Ports,
): Promise<Definition> {
  const bare = { ...ref, labels: new Map(), annotations: new Map(), config: "" };
  if (cluster === undefined) return bare;
  const found = await cluster.findDefinition(ref, signal);
  if (found !== undefined) return found;
  const asker = { pod: around.pod, rules: around.config.genie };
  const all = await listForHint(cluster.listDefinitions(ref.namespace, signal));
  const known = all?.filter((one) => mayUse(one, asker));
  const title = `NetworkAttachmentDefinition ${ref.namespace}/${ref.name}`;
  const isolation = findIsolation(bare, asker);
  if (isolation !== undefined && (known ?? []).length === 0) {
    throw new Failure("deniedByRule", `${wish.from}: ${title}: ${isolation}`);
  }
  throw new Failure("unknownNetwork", `${wish.from}: there is no ${title}`, {
    details: hintClosest(ref, known),
  });
}
