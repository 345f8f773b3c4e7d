import type { NodeNetwork } from "../networks/candidates.ts";
import { findResource } from "../networks/devices/resource.ts";
import type { Device, DeviceFiles, PluginStep } from "../ports.ts";
import { isDeclared, pickDeclared } from "../spec/capabilities.ts";
import { findJsonObject, isJsonObject } from "../spec/json.ts";

/** The capability by which a plugin is told where to write what it knows of a device. Source: Multus. */
export const DEVICE_INFO_FILE = "CNIDeviceInfoFile";

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
export function findDevice(one: NodeNetwork): Device | undefined {
  const resource = findResource(one);
  return resource === undefined || one.deviceId === undefined ? undefined : { resource, id: one.deviceId };
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
