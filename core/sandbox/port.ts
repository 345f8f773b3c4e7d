import type { ModuleResult } from "../select/outcome.ts";
import type { PodKeys } from "../select/pod-keys.ts";
import type { ModuleKind, SelectionRequest, Verdict } from "../select/request.ts";

/** A module as the guest process takes it: made from the component when it was pulled. */
export interface PreparedModule {
  /** Digest of the artifact's manifest, `sha256:…`. */
  readonly digest: string;
  readonly kind: ModuleKind;
  /** jco's JavaScript for this component. Evaluated in the guest process and nowhere else. */
  readonly glue: Uint8Array;
  /** How it is called without the glue, as JSON; absent where only the glue can. */
  readonly lift?: Uint8Array | undefined;
  /** The component's core modules by the file name that the glue asks for. */
  readonly coreByName: ReadonlyMap<string, Uint8Array>;
}

export interface GuestLimits {
  /** Bytes of linear memory, summed over all memories of one component. */
  readonly memoryBytes: number;
  /** For compiling one module that is already prepared; not part of the decision's deadline. */
  readonly loadMs: number;
  /** The longest answer that is taken from the guest. */
  readonly answerBytes?: number;
}

/**
 * The host's side of the guest process. Answers are checked for shape here and for meaning by the pipeline.
 * No method throws for what a module does: that is an outcome. A guest that is late, or dies, is killed and
 * replaced before the next call.
 */
export interface Sandbox extends AsyncDisposable {
  /** Compiles a module in the guest. At most once a digest; a second call is answered from the first. */
  load(module: PreparedModule): Promise<ModuleResult<void>>;
  /** Runs a scorer in a fresh instance. The value is what the module said, not yet checked. */
  score(digest: string, request: SelectionRequest, deadlineMs: number): Promise<ModuleResult<unknown>>;
  /** Runs a selector in a fresh instance. The value is what the module said, not yet checked. */
  select(digest: string, question: SelectorQuestion, deadlineMs: number): Promise<ModuleResult<unknown>>;
}

export interface SelectorQuestion {
  readonly request: SelectionRequest;
  readonly verdicts: readonly Verdict[];
}

/** A module out of the store, with what it asks to see of the pod. */
export interface FoundModule extends PreparedModule {
  readonly declared: PodKeys;
}

/** Where prepared modules come from. Never asks a registry. */
export interface ModuleSource {
  /**
   * @param reference as the configuration writes it: `registry/repository@sha256:…`.
   * @param signal ends what the module still needs to be made ready, with its processes; nobody waits for it any more.
   */
  load(reference: string, kind: ModuleKind, signal?: AbortSignal): Promise<ModuleResult<FoundModule>>;
}
