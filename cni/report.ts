import type { AddPorts } from "../core/ports.ts";
import type { PodNotes } from "../core/report/notes.ts";

/**
 * Tells the cluster what became of the pod. Runs when the call's answer is out already, so what fails is logged and
 * changes nothing: the pod has its networks.
 */
export async function report(
  { pod, annotations }: PodNotes,
  { cluster, log, signal }: Pick<AddPorts, "cluster" | "log" | "signal">,
): Promise<void> {
  if (cluster === undefined || pod.name === "" || Object.keys(annotations).length === 0) return;
  try {
    const isWritten = await cluster.annotatePod(pod, annotations, signal);
    if (!isWritten) log.warn({ ...pod }, "the pod is gone, so its annotations are not written");
  } catch (err) {
    log.warn({ err, ...pod }, "the pod's annotations could not be written");
  }
}
