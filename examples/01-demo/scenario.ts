/** What the demo plays: pure data. Change a price or a subnet and watch the choice move. */
import type { NetworkName, Subnet } from "../../test/setup/networks.ts";

/** `blue` and `red` are small: five addresses each beside the gateway. */
export const SUBNETS: Readonly<Record<NetworkName, Subnet>> = {
  blue: { cidr: "10.10.1.0/29", gateway: "10.10.1.1" },
  green: { cidr: "10.10.2.0/28", gateway: "10.10.2.1" },
  red: { cidr: "10.10.3.0/29", gateway: "10.10.3.1" },
};

export const PRICE_PER_HOUR: Readonly<Record<NetworkName, number>> = { blue: 0.4, green: 1.2, red: 0.75 };

/** The cheapest network wins as long as it isn't fuller than this. */
export const SELECTOR_SETTINGS = { atMost: { occupancy: 0.7 } };

export const DEADLINE_MS = 50;

/** The modules that come with Genie, as `npm run build` leaves them in dist/modules. */
export const MODULES = [
  { name: "occupancy", kind: "scorer", does: "prefers networks with free addresses" },
  { name: "price", kind: "scorer", does: "prefers networks that cost little" },
  { name: "cheapest-within", kind: "selector", does: "the cheapest network that isn't too full" },
  { name: "highest", kind: "selector", does: "the network with the best score" },
] as const;

export interface Pod {
  readonly name: string;
  /** The annotations that the container runtime hands over. */
  readonly annotations: Readonly<Record<string, string>>;
}

const asksForNothing = {};
const letsGenieChoose = { cni: "" };
const wantsGreen = { cni: "green" };

export const PODS: readonly Pod[] = [
  { name: "web-1", annotations: letsGenieChoose },
  { name: "web-2", annotations: letsGenieChoose },
  { name: "db-1", annotations: wantsGreen },
  { name: "web-3", annotations: asksForNothing },
  { name: "web-4", annotations: letsGenieChoose },
  { name: "cart-1", annotations: letsGenieChoose },
  { name: "cart-2", annotations: asksForNothing },
  { name: "cart-3", annotations: letsGenieChoose },
  { name: "cart-4", annotations: letsGenieChoose },
  { name: "mail-1", annotations: asksForNothing },
  { name: "mail-2", annotations: letsGenieChoose },
  { name: "mail-3", annotations: letsGenieChoose },
];

/** Attached while a module that never returns is among the scorers. */
export const UNLUCKY_POD: Pod = { name: "unlucky-1", annotations: letsGenieChoose };

/** From, to: within one network, then between networks of different plugins. */
export const PINGS: readonly (readonly [string, string])[] = [
  ["web-1", "web-2"],
  ["web-1", "cart-1"],
  ["cart-2", "db-1"],
  ["mail-1", "web-3"],
];

/** A scorer as a careless author may write it. */
export const NEVER_RETURNS = `import { Request, Verdict } from "genie-cni/sdk";

export function score(request: Request): Verdict[] {
  while (true) {}
}
`;
