import { DEFINITION, LOGICAL, PHYSICAL, SELECTION_POLICY } from "./kinds.ts";
import type { Right } from "./refusal.ts";

export interface NeededRight extends Right {
  /** `ask`: pods wait for the answer. `tell`: for people and other programs. `policies`: asked where policies count. */
  readonly purpose: "ask" | "tell" | "policies";
}

const core = (resource: string) => ({ group: "", resource, namespace: "" });
const of = ({ group, plural }: { group: string; plural: string }) => ({
  group,
  resource: plural,
  namespace: "",
});

/** All that genie asks and tells, in every namespace: what `cni/deploy/rights.yaml` gives. */
export const RIGHTS: readonly NeededRight[] = [
  { ...core("pods"), verb: "get", purpose: "ask" },
  { ...core("pods"), verb: "patch", purpose: "tell" },
  { ...of(DEFINITION), verb: "get", purpose: "ask" },
  { ...of(DEFINITION), verb: "list", purpose: "ask" },
  { ...of(LOGICAL), verb: "get", purpose: "ask" },
  { ...of(LOGICAL), verb: "list", purpose: "ask" },
  { ...of(PHYSICAL), verb: "get", purpose: "ask" },
  { ...of(PHYSICAL), verb: "list", purpose: "ask" },
  { ...of(SELECTION_POLICY), verb: "list", purpose: "policies" },
  { ...core("namespaces"), verb: "get", purpose: "policies" },
  { ...core("events"), verb: "create", purpose: "tell" },
];
