import { detach } from "../delegate/detach.ts";
import type { Attachment, DelPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";

/**
 * Takes a container's interface away. Needs the ledger, CNI_PATH and the plugins, and nothing else: no
 * configuration, module or namespace has to be there any more. What is gone already is success.
 *
 * @throws the first delegate's error, after every delegate had its turn; what failed stays in the ledger.
 */
export async function del(invocation: Invocation, ports: DelPorts): Promise<void> {
  const { containerId, ifName, netns, path } = invocation;
  await using _lock = await ports.ledger.lock(containerId, ports.signal);
  const attachments = await ports.ledger.read(containerId);
  const remaining: (Attachment | undefined)[] = [...attachments];
  const failures: unknown[] = [];
  for (const [at, attachment] of [...attachments.entries()].toReversed()) {
    if (attachment.ifName !== ifName) continue;
    const { left, errors } = await detach(attachment, { netns, path }, ports);
    remaining[at] = left;
    failures.push(...errors);
  }
  const kept = remaining.filter((one) => one !== undefined);
  if (kept.length < attachments.length || failures.length > 0) await ports.ledger.write(containerId, kept);
  if (failures.length > 0) throw failures[0];
}
