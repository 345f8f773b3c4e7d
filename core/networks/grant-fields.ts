/** The fields of an NPWG element by which a pod takes something from others: those that take a grant. */
export const GRANTED_FIELDS = [
  "ips",
  "mac",
  "infiniband-guid",
  "portMappings",
  "deviceID",
  "default-route",
  "cni-args",
] as const;
