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
 * @throws {Failure} unknownNetwork; deniedByRule for what isn't for the pod, and, in an isolated namespace, for what isn't
 * there: so it can't find by guessing what is. Each names the closest of those that the pod may use.
 */
export async function requireDefinition(
  ref: ObjectRef,
  { wish, around }: { wish: Wish; around: Surroundings },
  { cluster, signal }: Ports,
): Promise<Definition> {
  const bare = { ...ref, labels: new Map(), annotations: new Map(), config: "" };
  if (cluster === undefined) return bare;
  const asker = { pod: around.pod, rules: around.config.genie };
  const found = await cluster.findDefinition(ref, signal);
  const denial = found && findIsolation(found, asker);
  if (found !== undefined && denial === undefined) return found;
  const all = await listForHint(cluster.listDefinitions(ref.namespace, signal));
  const known = all?.filter((one) => mayUse(one, asker));
  const title = `NetworkAttachmentDefinition ${ref.namespace}/${ref.name}`;
  const details = hintClosest(ref, known);
  const isolation = findIsolation(bare, asker) ?? denial;
  throw isolation === undefined
    ? new Failure("unknownNetwork", `${wish.from}: there is no ${title}`, { details })
    : new Failure("deniedByRule", `${wish.from}: ${title}: ${isolation}`, { details });
}
