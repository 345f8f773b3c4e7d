/** Where a node keeps its modules unless its configuration says otherwise. */
export const DEFAULT_STORE = "/var/lib/genie/modules";
