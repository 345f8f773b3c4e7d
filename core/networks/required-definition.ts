import type { Definition, ObjectRef } from "../cluster.ts";
import { Failure } from "../errors.ts";
import type { Wish } from "../intent/intent.ts";
import type { AddPorts } from "../ports.ts";
import type { Surroundings } from "./candidates.ts";
import { hintClosest } from "./closest-object.ts";

type Ports = Pick<AddPorts, "cluster" | "signal">;

/**
 * The object that is wished for. Where there is no cluster, the files of the conf folder stand for its objects.
 *
 * @throws {Failure} unknownNetwork, naming the one of its namespace that is called most alike.
 */
export async function requireDefinition(
  ref: ObjectRef,
  { wish, around }: { wish: Wish; around: Surroundings },
  { cluster, signal }: Ports,
): Promise<Definition> {
  if (cluster === undefined) return { ...ref, labels: new Map(), annotations: new Map(), config: "" };
  const found = await cluster.findDefinition(ref, signal);
  if (found !== undefined) return found;
  const message = `${wish.from}: there is no NetworkAttachmentDefinition ${ref.namespace}/${ref.name}`;
  if (ref.namespace !== around.pod.namespace) throw new Failure("unknownNetwork", message);
  const details = await hintClosest(ref, (namespace) => cluster.listDefinitions(namespace, signal));
  throw new Failure("unknownNetwork", message, { details });
}
