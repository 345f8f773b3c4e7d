import { Failure } from "../errors.ts";
import type { Attachment, UndoPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { detach } from "./detach.ts";
import { findNetns } from "./lifetime.ts";

/**
 * Undoes what an ADD of the same interface left that crashed, or was attached in an earlier boot or in another
 * namespace than the container has now: podman keeps a container's ID over both. What is attached there already is
 * refused, since a second ADD would lose its undo. Source: SPEC.md, "ADD".
 *
 * @returns what other calls have attached to the container.
 * @throws {Failure} alreadyAttached
 */
export async function settle(
  { containerId, ifName, netns, path }: Invocation,
  ports: UndoPorts,
): Promise<readonly Attachment[]> {
  const { attachments, hints } = await ports.ledger.read(containerId);
  if (hints !== undefined) {
    throw new Failure("ioFailure", `the ledger's entry of ${containerId} is unreadable`, {
      details: "call DEL first: it undoes what can be guessed, and sets the entry aside",
    });
  }
  const same = attachments.filter(({ caller }) => caller.ifName === ifName);
  for (const one of same) {
    if (one.state !== "attached" || (await findNetns(one, netns, ports.kernel)) === "") continue;
    throw new Failure(
      "alreadyAttached",
      `${ifName} of ${containerId} is attached to network ${one.network} already`,
    );
  }
  for (const err of await detach({ containerId, attachments, wanted: same, path }, ports)) {
    ports.log.warn(
      { err, containerId, ifName },
      "what an earlier ADD left could not be undone; DEL tries again",
    );
  }
  const others = attachments.filter((attachment) => !same.includes(attachment));
  if (others.some((one) => one.ifName === ifName)) {
    ports.log.warn(
      { containerId, ifName },
      "an earlier call's network has the interface that the runtime asks for; the result tells the new one",
    );
  }
  return others;
}
