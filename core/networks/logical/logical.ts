import type { Cluster, LogicalNetwork, PhysicalNetwork } from "../../cluster.ts";
import { NO_CLUSTER } from "../../cluster-config.ts";
import { Failure } from "../../errors.ts";
import { isObjectName, OBJECT_NAME_RULE } from "../../intent/object-name.ts";
import type { AddPorts } from "../../ports.ts";
import { toJson } from "../../printable.ts";
import { INTERFACE_NAME } from "../../spec/environment.ts";
import type { NodeNetwork, Surroundings } from "../candidates.ts";
import { hintClosest, listForHint } from "../closest-object.ts";
import { provideNetwork, type ProvidePorts } from "../provide.ts";
import { requireNetwork } from "../required.ts";
import { narrowNetwork } from "./narrow.ts";
import { isInside, parseSubnet } from "../subnet.ts";
import { moveToLink } from "./uplink.ts";

/** A name in the annotation `networks`. */
export interface LogicalWish {
  readonly from: string;
  readonly name: string;
}

type Ports = Pick<AddPorts, "cluster" | "signal"> & ProvidePorts;

/**
 * The network of a LogicalNetwork: that of its plugin, or of the PhysicalNetwork's where that is dedicated, with the
 * addresses of `sub_subnet` and on the link `refer_nic`. Source: CNI-Genie, genie-crd-processor.go.
 *
 * @throws {Failure} unknownNetwork for an object or a network that isn't there, invalidConfig for one that can't be
 * used, tryAgainLater when the cluster can't be asked; each naming the place of the wish.
 */
export async function readLogical(
  wish: LogicalWish,
  around: Surroundings,
  ports: Ports,
): Promise<NodeNetwork> {
  const { logical, physical, place } = await findObjects(wish, around, ports);
  const plugin = toPlugin(logical, physical, place);
  const named = { from: `${place}: plugin`, network: plugin };
  const base = requireNetwork(named, await provideNetwork(named, around, ports));
  const subnet = toSubnet(logical, physical, place);
  const narrowed = subnet === undefined ? base.network : narrowNetwork(base.network, subnet, place);
  return { file: toTitle(logical), network: moveToLink(narrowed, toLink(physical, place)) };
}

interface Objects {
  readonly logical: LogicalNetwork;
  readonly physical: PhysicalNetwork | undefined;
  /** The wish and its object, for messages. */
  readonly place: string;
}

async function findObjects(
  { from, name }: LogicalWish,
  { pod: { namespace } }: Surroundings,
  { cluster, signal }: Pick<Ports, "cluster" | "signal">,
): Promise<Objects> {
  requireCluster(cluster, namespace, from);
  const logical = await cluster.findLogicalNetwork({ namespace, name }, signal);
  if (logical === undefined) {
    const known = await listForHint(cluster.listLogicalNetworks(namespace, signal));
    throw new Failure("unknownNetwork", `${from}: there is no LogicalNetwork ${namespace}/${name}`, {
      details: hintClosest({ namespace, name }, known),
    });
  }
  const place = `${from}: ${toTitle(logical)}`;
  const { physicalNet } = logical;
  if (physicalNet === "") return { logical, physical: undefined, place };
  if (!isObjectName(physicalNet)) {
    throw new Failure("invalidConfig", `${place}: physicalNet is no name of an object`, {
      details: OBJECT_NAME_RULE,
    });
  }
  const ref = { namespace, name: physicalNet };
  const physical = await cluster.findPhysicalNetwork(ref, signal);
  if (physical !== undefined) return { logical, physical, place };
  const known = await listForHint(cluster.listPhysicalNetworks(namespace, signal));
  throw new Failure("unknownNetwork", `${place}: there is no PhysicalNetwork ${namespace}/${physicalNet}`, {
    details: hintClosest(ref, known),
  });
}

function requireCluster(
  cluster: Cluster | undefined,
  namespace: string,
  from: string,
): asserts cluster is Cluster {
  if (cluster !== undefined && isObjectName(namespace)) return;
  throw new Failure(
    "invalidConfig",
    `${from}: logical networks are objects of a pod's namespace in a cluster`,
    {
      details:
        cluster === undefined ? NO_CLUSTER : "the runtime has handed over no K8S_POD_NAMESPACE that is one",
    },
  );
}

function toTitle({ namespace, name }: LogicalNetwork): string {
  return `LogicalNetwork ${namespace}/${name}`;
}

/** A dedicated physical network has one plugin for all; a shared one leaves it to each logical network. */
function toPlugin(logical: LogicalNetwork, physical: PhysicalNetwork | undefined, place: string): string {
  const owner = physical?.dedicated === true ? physical : logical;
  if (owner.plugin !== "") return owner.plugin;
  const kind = owner === physical ? `the dedicated PhysicalNetwork ${physical.name}` : "it";
  throw new Failure("invalidConfig", `${place}: ${kind} names no plugin`);
}

/** What the logical network asks for, within what the physical one has; that as a whole where it asks for nothing. */
function toSubnet(
  { subSubnet }: LogicalNetwork,
  physical: PhysicalNetwork | undefined,
  place: string,
): string | undefined {
  const whole = physical === undefined || physical.subnet === "" ? undefined : physical.subnet;
  if (whole !== undefined) parseSubnet(whole, `${place}: subnet of PhysicalNetwork ${physical?.name}`);
  if (subSubnet === "") return whole;
  parseSubnet(subSubnet, `${place}: sub_subnet`);
  if (whole === undefined || isInside(subSubnet, whole)) return subSubnet;
  throw new Failure(
    "invalidConfig",
    `${place}: sub_subnet ${subSubnet} is not part of ${whole}, the subnet of PhysicalNetwork ${physical?.name}`,
  );
}

function toLink(physical: PhysicalNetwork | undefined, place: string): string | undefined {
  const { referNic = "", name } = physical ?? {};
  if (referNic === "") return undefined;
  if (INTERFACE_NAME.test(referNic)) return referNic;
  const shown = toJson(referNic.slice(0, 64));
  throw new Failure(
    "invalidConfig",
    `${place}: refer_nic ${shown} of PhysicalNetwork ${name} is no link's name`,
  );
}
