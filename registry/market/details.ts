import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import type { SignatureState } from "../trust/judge.ts";
import type { Html } from "./html.ts";

/** What the registry holds of one module: read by digest, so that it never changes but for what refers to it. */
export interface ModuleDetails {
  /** Of the component. */
  readonly sizeBytes: number;
  /** As the component itself has it. Absent: it says nothing that can be used. */
  readonly metadata: ModuleMetadata | undefined;
  /** Sanitised. */
  readonly readme: Html | undefined;
  readonly goldenCases: readonly GoldenView[];
  readonly bench: readonly BenchRow[];
  readonly signatures: readonly SignatureView[];
  /** What the trust policy of this site makes of it; undefined where there is none. */
  readonly policy: { readonly refusal: string | undefined } | undefined;
}

export interface BenchRow {
  readonly candidates: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One golden case as a person reads it. */
export interface GoldenView {
  readonly name: string;
  /** JSON. */
  readonly settings: string;
  readonly kpis: readonly string[];
  readonly rows: readonly GoldenRow[];
  /** The whole answer, where it's an error. */
  readonly error: string | undefined;
}

export interface GoldenRow {
  readonly network: string;
  /** In the order of `kpis`; undefined where it was never measured. */
  readonly values: readonly (number | undefined)[];
  readonly verdict: string | undefined;
  readonly answer: string | undefined;
}

export interface SignatureView {
  /** As a person reads it. */
  readonly format: string;
  /** Whose key it is, as far as it's known. */
  readonly identity: string | undefined;
  readonly state: SignatureState;
  /** Why it doesn't count. */
  readonly fault: string | undefined;
}
