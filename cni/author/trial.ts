import { type Answer, checkAnswer, type Question } from "../../core/golden/answer.ts";
import type { PreparedModule, Sandbox } from "../../core/sandbox/port.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { makeDefaultSelection } from "../../core/select/selection-config.ts";
import type { ModuleKind } from "../../core/select/request.ts";
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
  const said =
    kind === "scorer"
      ? await sandbox.score(digest, question.request, deadlineMs)
      : await sandbox.select(digest, question, deadlineMs);
  return said.outcome === "ok" ? checkAnswer(kind, said.value, question) : said;
}
