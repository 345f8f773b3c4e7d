import type { PreparedModule, Sandbox } from "../../core/sandbox/port.ts";
import { checkChoices, checkVerdicts } from "../../core/select/answer.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { makeDefaultSelection } from "../../core/select/selection-config.ts";
import type { Choice, ModuleKind, SelectionRequest, Verdict } from "../../core/select/request.ts";
import { sha256 } from "../../registry/digest.ts";
import { toPreparedModule } from "../../registry/prepare/source.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { spawnTranspiler } from "../guest-process.ts";
import { openGuest } from "../ports.ts";

/** A module as its author has it: in no registry and no store. */
export interface TrialModule {
  readonly component: Uint8Array;
  readonly kind: ModuleKind;
}

export interface TrialLimits {
  /** For one answer. On a node all modules of a decision share it. */
  readonly deadlineMs: number;
  readonly memoryMiB: number;
  /** The program `genie-guest`, when it isn't beside the one that runs. */
  readonly guest?: string;
}

export interface Question {
  readonly request: SelectionRequest;
  /** What a selector is told of the scorers; a scorer isn't. */
  readonly verdicts: readonly Verdict[];
}

/** What a scorer says, or a selector. */
export type Answer =
  | { readonly kind: "scorer"; readonly items: readonly Verdict[] }
  | { readonly kind: "selector"; readonly items: readonly Choice[] };

/** A module in a guest process, under the limits of a node. Every answer is held against the contract, as on a node. */
export interface Trial extends AsyncDisposable {
  ask(question: Question): Promise<ModuleResult<Answer>>;
}

/** For what a node does before any decision. An author's machine may be busy, and a pull can be tried again. */
const PATIENT_MS = 30_000;

/** What a node allows whose admin changes nothing. */
export function makeNodeLimits(): TrialLimits {
  const { deadlineMs, memoryMiB } = makeDefaultSelection();
  return { deadlineMs, memoryMiB };
}

/** Makes of a component what the guest process runs, as `geniectl pull` does. @param transpiler when it isn't beside ours. */
export async function prepareTrial(
  { component, kind }: TrialModule,
  transpiler?: string,
): Promise<ModuleResult<PreparedModule>> {
  const options = { startTranspiler: () => spawnTranspiler(transpiler), prepareMs: PATIENT_MS };
  const made = await transpile(component, options);
  if (made.outcome !== "ok") return made;
  return { outcome: "ok", value: toPreparedModule({ digest: sha256(component), kind }, made.value) };
}

/** Starts a guest process that has this module and no other. */
export async function openTrial(
  module: PreparedModule,
  { deadlineMs, memoryMiB, guest }: TrialLimits,
): Promise<ModuleResult<Trial>> {
  await using undo = new AsyncDisposableStack();
  const limits = { ...makeDefaultSelection().limits, loadMs: PATIENT_MS };
  const sandbox = undo.use(openGuest({ memoryMiB, limits }, guest));
  const loaded = await sandbox.load(module);
  if (loaded.outcome !== "ok") return loaded;
  const kept = undo.move();
  return {
    outcome: "ok",
    value: {
      ask: (question) => askModule(question, { sandbox, module, deadlineMs }),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    },
  };
}

interface Asking {
  readonly sandbox: Sandbox;
  readonly module: PreparedModule;
  readonly deadlineMs: number;
}

async function askModule(
  question: Question,
  { sandbox, module: { digest, kind }, deadlineMs }: Asking,
): Promise<ModuleResult<Answer>> {
  const { request } = question;
  if (kind === "scorer") {
    const said = await sandbox.score(digest, request, deadlineMs);
    return toAnswer(said.outcome === "ok" ? checkVerdicts(said.value, request) : said, kind);
  }
  const said = await sandbox.select(digest, question, deadlineMs);
  return toAnswer(said.outcome === "ok" ? checkSelection(said.value, question) : said, kind);
}

function toAnswer<Kind extends ModuleKind, Item>(result: ModuleResult<readonly Item[]>, kind: Kind) {
  return result.outcome === "ok" ? { outcome: result.outcome, value: { kind, items: result.value } } : result;
}

/** On a node a selector isn't shown what is rejected. Here it is, and must leave it alone. */
function checkSelection(said: unknown, { request, verdicts }: Question): ModuleResult<readonly Choice[]> {
  const admitted = request.candidates.filter((_, at) => verdicts[at]?.tag !== "reject").length;
  const checked = checkChoices(said, { ...request, count: Math.min(request.count, admitted) });
  if (checked.outcome !== "ok") return checked;
  const stray = checked.value.find(({ candidate }) => verdicts[candidate]?.tag === "reject");
  if (stray === undefined) return checked;
  return { outcome: "badAnswer", detail: `choice ${stray.candidate} is a candidate that was rejected` };
}
