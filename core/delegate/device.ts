import type { NodeNetwork } from "../networks/candidates.ts";
import type { Device, DeviceFiles, PluginStep } from "../ports.ts";
import { isDeclared, pickDeclared } from "../spec/capabilities.ts";
import { findJsonObject, isJsonObject } from "../spec/json.ts";

/** The capability by which a plugin is told where to write what it knows of a device. Source: Multus. */
export const DEVICE_INFO_FILE = "CNIDeviceInfoFile";
/** On a NetworkAttachmentDefinition: the resource of the kubelet's of which its pods have a device. */
const RESOURCE_NAME = "k8s.v1.cni.cncf.io/resourceName";

/** Where the plugins of an attachment tell of its device; undefined when none of them does. */
export function findDeviceFile(
  { network, definition }: NodeNetwork,
  { containerId, ifName }: { containerId: string; ifName: string },
  { locate }: Pick<DeviceFiles, "locate">,
): string | undefined {
  const isTold = network.plugins.some(({ config }) => isDeclared(config, DEVICE_INFO_FILE));
  if (!isTold) return undefined;
  const name = definition === undefined ? network.name : `${definition.namespace}/${definition.name}`;
  return locate({ network: name, containerId, ifName });
}

/** The device of which the device plugin may have told. */
export function findDevice(
  definition: NodeNetwork["definition"],
  id: string | undefined,
): Device | undefined {
  const resource = definition?.annotations.get(RESOURCE_NAME);
  return resource === undefined || id === undefined ? undefined : { resource, id };
}

/** The files that the plugins of an attachment were told of. */
export function listDeviceFiles(steps: readonly PluginStep[]): readonly string[] {
  const files = steps.flatMap(({ stdin }) => {
    const runtimeConfig = findJsonObject(stdin)?.["runtimeConfig"];
    const told = isJsonObject(runtimeConfig)
      ? pickDeclared({ capabilities: { [DEVICE_INFO_FILE]: true } }, runtimeConfig)
      : {};
    const file = told[DEVICE_INFO_FILE];
    return typeof file === "string" ? [file] : [];
  });
  return [...new Set(files)];
}
