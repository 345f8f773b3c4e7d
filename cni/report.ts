import type { AddPorts } from "../core/ports.ts";
import type { PodNotes } from "../core/report/notes.ts";

type Ports = Pick<AddPorts, "cluster" | "log" | "signal">;

/**
 * Tells the cluster what became of the pod. Runs when the call's answer is out already, so what fails is logged and
 * changes nothing: the pod has its networks.
 */
export async function report(notes: PodNotes, { cluster, log, signal }: Ports): Promise<void> {
  const { pod, annotations, events } = notes;
  if (cluster === undefined || pod.name === "") return;
  const tell = async (what: string, telling: Promise<unknown>): Promise<void> => {
    try {
      if ((await telling) === false) log.warn({ pod }, `the pod is gone, so ${what} not written`);
    } catch (err) {
      log.warn({ err, pod }, `${what} not written`);
    }
  };
  const isAnnotated = Object.keys(annotations).length > 0;
  await Promise.all([
    isAnnotated && tell("the pod's annotations are", cluster.annotatePod(pod, annotations, signal)),
    ...events.map((event) => tell("the pod's event is", cluster.recordEvent(pod, event, signal))),
  ]);
}
