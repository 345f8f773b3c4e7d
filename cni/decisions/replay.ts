import { performance } from "node:perf_hooks";
import type { FoundModule, ModuleSource, Sandbox } from "../../core/sandbox/port.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { decide } from "../../core/select/pipeline.ts";
import type { DecisionRecord } from "../../core/select/record.ts";
import {
  type Change,
  compareDecisions,
  planReplay,
  type Replacement,
  type Skip,
} from "../../core/select/replay.ts";
import type { SelectionConfig } from "../../core/select/selection-config.ts";

export interface ReplayPorts {
  /** Aborted: no further decision is made. */
  readonly signal: AbortSignal;
  /** Where the other modules come from. */
  readonly source: ModuleSource;
  /** Called at most once. */
  readonly openSandbox: (selection: SelectionConfig) => Sandbox;
}

export interface Replayed {
  readonly same: number;
  readonly changes: readonly Change[];
  readonly skipped: Readonly<Partial<Record<Skip, number>>>;
}

/** Makes each recorded decision again in one guest process, with another module in it. */
export async function replay(
  records: AsyncIterable<DecisionRecord>,
  { module, replacement }: { module: ModuleResult<FoundModule>; replacement: Replacement },
  ports: ReplayPorts,
): Promise<Replayed> {
  let sandbox: Sandbox | undefined;
  await using undo = new AsyncDisposableStack();
  const open = (selection: SelectionConfig): Sandbox => (sandbox ??= undo.use(ports.openSandbox(selection)));
  const source = remember(ports.source, new Map([[replacement.reference, Promise.resolve(module)]]));
  const counts = { same: 0, changes: [] as Change[], skipped: {} as Partial<Record<Skip, number>> };
  for await (const record of records) {
    ports.signal.throwIfAborted();
    const question = planReplay(record, replacement);
    const found =
      typeof question === "string"
        ? question
        : compareDecisions(
            record,
            await decide(question, {
              source,
              sandbox: open(question.selection),
              nowMs: () => performance.now(),
            }),
          );
    if (found === undefined) counts.same++;
    else if (typeof found === "string") counts.skipped[found] = (counts.skipped[found] ?? 0) + 1;
    else counts.changes.push(found);
  }
  return counts;
}

/** Each module is read once. */
function remember(
  source: ModuleSource,
  resultByReference: Map<string, Promise<ModuleResult<FoundModule>>>,
): ModuleSource {
  return {
    load: (reference, kind) => {
      const found = resultByReference.get(reference) ?? source.load(reference, kind);
      resultByReference.set(reference, found);
      return found;
    },
  };
}
