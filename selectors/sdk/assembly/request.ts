import { Items, Reader } from "./abi";
import { Settings } from "./settings";

/** Why the host asks. */
export enum Purpose {
  Attach,
  Switch,
  Simulate,
}

/** The question: which of `candidates` suits `workload` best? */
export class Request {
  readonly purpose: Purpose;
  readonly workload: Workload;
  readonly candidates: Candidate[];
  /** How many networks are wanted. */
  readonly count: u32;
  /** Stable for one pod; its owner can't choose it. */
  readonly seed: u64;
  /** What hosts of a later 1.x add. */
  readonly extensions: Attribute[];
  private readonly json: string;
  private parsed: Settings | null = null;

  constructor(record: Reader) {
    this.purpose = <Purpose>record.u8();
    this.workload = new Workload(record);
    this.candidates = record.list<Candidate>(36);
    this.count = record.u32();
    this.json = record.text();
    this.seed = record.u64();
    this.extensions = record.list<Attribute>(ATTRIBUTE_SIZE);
  }

  /** The values of one KPI, one a candidate; NaN where it was never measured. */
  kpis(name: string): f64[] {
    const values = new Array<f64>(this.candidates.length);
    for (let i = 0; i < values.length; i++) values[i] = this.candidates[i].kpi(name);
    return values;
  }

  /** What the admin set for this module. */
  get settings(): Settings {
    const parsed = this.parsed;
    if (parsed !== null) return parsed;
    return (this.parsed = new Settings(this.json));
  }
}

/** Who is to be attached. */
export class Workload {
  /** `kubernetes`, `mesos`, `nomad`, or `none` where no orchestrator said who the workload is. */
  readonly orchestrator: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Attribute[];
  readonly annotations: Attribute[];
  readonly node: string;

  constructor(record: Reader) {
    this.orchestrator = record.text();
    this.namespace = record.text();
    this.name = record.text();
    this.labels = record.list<Attribute>(ATTRIBUTE_SIZE);
    this.annotations = record.list<Attribute>(ATTRIBUTE_SIZE);
    this.node = record.text();
  }

  /** The value of a label; empty when there is none, or the admin doesn't show it. */
  label(key: string): string {
    return valueOf(this.labels, key);
  }

  /** The value of an annotation; empty when there is none, or the admin doesn't show it. */
  annotation(key: string): string {
    return valueOf(this.annotations, key);
  }
}

/** A network that may serve the workload. Its lists are read when they are asked for: few modules look at all. */
export class Candidate {
  readonly network: string;
  /** The type of the first plugin in the network's chain, such as `bridge`. */
  readonly plugin: string;
  /** The workload is attached to this network now. */
  readonly current: bool;
  private readonly attributeItems: Items;
  private readonly kpiItems: Items;

  constructor(record: Reader) {
    this.network = record.text();
    this.plugin = record.text();
    this.attributeItems = record.items(ATTRIBUTE_SIZE);
    this.kpiItems = record.items(KPI_SIZE);
    this.current = record.u8() != 0;
  }

  get attributes(): Attribute[] {
    return this.attributeItems.records<Attribute>();
  }

  get kpis(): Kpi[] {
    return this.kpiItems.records<Kpi>();
  }

  /** The value of an attribute; empty when there is none. */
  attribute(key: string): string {
    const items = this.attributeItems;
    for (let i = 0; i < items.length; i++) {
      if (items.before(i).text() == key) return items.text();
    }
    return "";
  }

  /** The value of a KPI; NaN when it was never measured: every comparison with NaN is false. */
  kpi(name: string): f64 {
    const items = this.kpiItems;
    for (let i = 0; i < items.length; i++) {
      if (items.before(i).text() == name) return items.f64();
    }
    return NaN;
  }
}

/** One measurement of one network. */
export class Kpi {
  readonly name: string;
  readonly value: f64;
  /** Milliseconds since it was measured. */
  readonly ageMs: u32;

  constructor(record: Reader) {
    this.name = record.text();
    this.value = record.f64();
    this.ageMs = record.u32();
  }
}

export class Attribute {
  readonly key: string;
  readonly value: string;

  constructor(record: Reader) {
    this.key = record.text();
    this.value = record.text();
  }
}

const ATTRIBUTE_SIZE: usize = 16;
const KPI_SIZE: usize = 24;

function valueOf(attributes: Attribute[], key: string): string {
  for (let i = 0; i < attributes.length; i++) {
    if (attributes[i].key == key) return attributes[i].value;
  }
  return "";
}
