import type { ObjectRef } from "../cluster.ts";
import type { Wish } from "../intent/intent.ts";
import type { NodeNetwork } from "../networks/candidates.ts";
import { DEVICE_ID } from "../networks/devices/resource.ts";
import type { AddPorts } from "../ports.ts";
import type { Routing } from "../routing/acts.ts";
import type { Router } from "../routing/router.ts";
import type { Decision } from "../select/decision.ts";
import type { Invocation } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { toResult } from "../spec/result.ts";
import { attach, type AttachPorts, type Site, UNDO_MS } from "./attach.ts";
import { detach } from "./detach.ts";
import { DEVICE_INFO_FILE, findDevice, findDeviceFile } from "./device.ts";
import { isTold, toOneFailure, toPlaced } from "./failures.ts";
import { toHanded } from "./handed.ts";

/** What one wish is to get. */
export interface Planned {
  readonly wish: Wish;
  readonly ifNames: readonly string[];
  /** Best first; the last ones are for when one can't be attached. */
  readonly networks: readonly NodeNetwork[];
  readonly decision: Decision;
}

/** One attachment that was made, with what its last plugin answered, in the network's version. */
export interface Made {
  readonly planned: Planned;
  readonly ifName: string;
  readonly network: Network;
  /** The object that describes the network, where one does. */
  readonly definition: ObjectRef | undefined;
  readonly result: JsonObject;
  /** What is known of the device that it has, where it has one. */
  readonly deviceInfo?: JsonObject | undefined;
}

export interface AttachAllCall {
  readonly invocation: Invocation;
  readonly site: Site;
  /** The container's main interface. */
  readonly main: string | undefined;
  /** The runtime's; only for the main interface. Source: NPWG v1.3, §7.5. */
  readonly runtimeConfig: JsonObject;
  readonly tryNextOnFailure: boolean;
  readonly router: Router;
}

type Ports = AttachPorts & Pick<AddPorts, "kernel" | "devices">;

/**
 * Makes every attachment, one after the other, in order. When one fails for good, those before it are undone and
 * none after it is tried. Source: NPWG v1.3, §7.2, §7.3.
 *
 * @throws what the first network's plugin said, with the failures of those tried in its place.
 */
export async function attachAll(
  plan: readonly Planned[],
  call: AttachAllCall,
  ports: Ports,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  try {
    for (const planned of plan) {
      const left = [...planned.networks];
      for (const [at, ifName] of planned.ifNames.entries()) {
        const handed = toHanded(planned.wish.asks, { ...call, isMain: ifName === call.main });
        const reserve = left.length - (planned.ifNames.length - at);
        const routing = call.router.plan(ifName);
        const how = { ...call, ...handed, ifName, routing };
        const one = await attachBest({ left, reserve }, how, ports);
        call.router.note(toResult(one.result));
        made.push({ planned, ifName, ...one });
      }
    }
    return made;
  } catch (cause) {
    await undoMade(made, call.invocation, ports);
    throw cause;
  }
}

interface AttachOneCall extends AttachAllCall {
  readonly ifName: string;
  readonly routing: Routing | undefined;
}

/**
 * Attaches the best of the networks that are left, the next one when that fails and the admin allows it; takes those
 * that it has tried from the list. `reserve`: how many may fail.
 */
async function attachBest(
  { left, reserve }: { left: NodeNetwork[]; reserve: number },
  one: AttachOneCall,
  ports: Ports,
): Promise<Omit<Made, "planned" | "ifName">> {
  const failures: unknown[] = [];
  for (let mayFail = one.tryNextOnFailure ? reserve : 0; ; mayFail--) {
    const next = left.shift();
    if (next === undefined) throw new Error("the plan has fewer networks than interfaces");
    const { network, definition } = next;
    try {
      return await attachOne(next, one, ports);
    } catch (failure) {
      if (!isTold(failure)) throw failure;
      failures.push(toPlaced(failure, { network: network.name, ifName: one.ifName, definition }));
      if (mayFail <= 0 || ports.signal.aborted) throw toOneFailure(failures);
      ports.log.warn(
        { err: failure, network: network.name },
        "a network could not be attached; trying the next one",
      );
    }
  }
}

/** Attaches one network, whose plugins may tell what device the pod gets. */
async function attachOne(
  source: NodeNetwork,
  { invocation, ifName, site, routing, ...one }: AttachOneCall,
  ports: Ports,
): Promise<Omit<Made, "planned" | "ifName">> {
  const { network, definition, deviceId } = source;
  const { containerId } = invocation;
  const file = findDeviceFile(source, { containerId, ifName }, ports.devices);
  const runtimeConfig = {
    ...one.runtimeConfig,
    ...(deviceId !== undefined && { [DEVICE_ID]: deviceId }),
    ...(file !== undefined && { [DEVICE_INFO_FILE]: file }),
  };
  const how = { call: { ...invocation, ifName }, site, runtimeConfig, routing };
  if (file === undefined) return { network, definition, result: await attach(network, how, ports) };
  await ports.devices.begin(file, findDevice(source));
  try {
    const result = await attach(network, how, ports);
    return { network, definition, result, deviceInfo: await ports.devices.find(file) };
  } catch (failure) {
    await ports.devices.remove(file, { containerId, ifName });
    throw failure;
  }
}

/** What can't be undone stays in the ledger for DEL. */
async function undoMade(
  made: readonly Made[],
  { containerId, path }: Invocation,
  ports: Ports,
): Promise<void> {
  if (made.length === 0) return;
  const names = made.map(({ ifName }) => ifName);
  const signal = AbortSignal.timeout(UNDO_MS); // the call's own signal may be what made ADD fail
  const { attachments } = await ports.ledger.read(containerId);
  const wanted = attachments.filter(({ ifName, state }) => state === "attached" && names.includes(ifName));
  for (const err of await detach({ containerId, attachments, wanted, path }, { ...ports, signal })) {
    ports.log.warn(
      { err, containerId },
      "an attachment of a failed ADD could not be undone; DEL tries again",
    );
  }
}
