import { detach } from "../delegate/detach.ts";
import { toOneFailure } from "../delegate/failures.ts";
import { openMended } from "../delegate/mended.ts";
import { recover } from "../delegate/recover.ts";
import type { DelPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";

export interface DelCall {
  readonly invocation: Invocation;
  /** The runtime's configuration as it came: read only where the ledger doesn't do. */
  readonly stdin: string;
}

/**
 * Takes a container's interface away. Needs the ledger, CNI_PATH and the plugins, and nothing else: no
 * configuration, module or namespace has to be there any more. What is gone already is success.
 *
 * @throws the first delegate's error, after every delegate had its turn; what failed stays in the ledger.
 */
export async function del({ invocation, stdin }: DelCall, ports: DelPorts): Promise<void> {
  const { containerId, ifName, netns, path } = invocation;
  await using _lock = await ports.ledger.lock(containerId, ports.signal);
  const { attachments, hints } = await ports.ledger.read(containerId);
  if (hints !== undefined) return await recover({ invocation, stdin, hints }, ports);
  const wanted = attachments.filter(({ caller }) => caller.ifName === ifName);
  const findMended = openMended(stdin, ports);
  const failures = await detach({ containerId, attachments, wanted, netns, path, findMended }, ports);
  if (failures.length > 0) throw toOneFailure(failures);
}
