import { Failure } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { isOfCluster } from "../core/intent/pod.ts";
import { unlessMissing } from "../core/missing.ts";
import { parseCheckpoint } from "../core/networks/devices/checkpoint.ts";
import type { AddPorts } from "../core/ports.ts";
import { readBounded } from "../registry/file/bounded-file.ts";

/** The kubelet has it here, wherever its other files are. Source: kubelet `deviceplugin/v1beta1/constants.go`. */
const CHECKPOINT = "/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint";
/** Some hundred pods with the answers of their device plugins take a tenth. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Which devices of this node the kubelet has given to a pod: none where it has noted none. */
export function openPodDevices(file = CHECKPOINT): AddPorts["podDevices"] {
  return async (pod) => {
    const bytes = await orIoFailure(`${file}, in which the kubelet notes devices, can't be read`, () =>
      unlessMissing(readBounded(file, MOST_BYTES)),
    );
    if (bytes === undefined)
      return {
        source: file,
        hasKubelet: isOfCluster(pod),
        ownByResource: new Map(),
        allByResource: new Map(),
      };
    if (typeof bytes === "string") throw new Failure("ioFailure", `${file} ${bytes}`);
    return parseCheckpoint(bytes.toString("utf8"), { podUid: pod.uid, source: file });
  };
}
