/** What the author of a module imports: `import { Request, Verdict } from "genie-cni/sdk"`. */
export { chance } from "./chance";
export { Choice } from "./choice";
export { decimal } from "./decimal";
export { fail } from "./failure";
export { highest, highestFirst, lowest, lowestFirst } from "./order";
export { Attribute, Candidate, Kpi, Purpose, Request, Workload } from "./request";
export { Settings } from "./settings";
export { Verdict, admitted } from "./verdict";
