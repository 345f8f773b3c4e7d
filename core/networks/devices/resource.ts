import type { NodeNetwork } from "../candidates.ts";

/** On a NetworkAttachmentDefinition: the resource of the kubelet's of which its pods have a device. Source: Multus. */
const RESOURCE_NAME = "k8s.v1.cni.cncf.io/resourceName";

/** The capability by which a plugin is told the device. Source: Multus. */
export const DEVICE_ID = "deviceID";

/** The resource of which whoever gets this network gets a device. */
export function findResource({ definition }: NodeNetwork): string | undefined {
  return definition?.annotations.get(RESOURCE_NAME) || undefined;
}
