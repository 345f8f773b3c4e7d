/** Source: OCI image-spec, "Pre-Defined Annotation Keys". */
export const OCI_ANNOTATION = {
  title: "org.opencontainers.image.title",
  description: "org.opencontainers.image.description",
  version: "org.opencontainers.image.version",
  licences: "org.opencontainers.image.licenses",
  source: "org.opencontainers.image.source",
  created: "org.opencontainers.image.created",
} as const;

/** Before each annotation of ours. */
export const MODULE_PREFIX = "io.github.cni-genie.module.";

/** What a module is and asks for, on its manifest: read there without the module. Lists are joined by commas. */
export const MODULE_ANNOTATION = {
  /** `scorer` or `selector`. */
  kind: `${MODULE_PREFIX}kind`,
  /** `genie:selection@1.0.0` */
  world: `${MODULE_PREFIX}world`,
  requiredKpis: `${MODULE_PREFIX}kpis.required`,
  optionalKpis: `${MODULE_PREFIX}kpis.optional`,
  labels: `${MODULE_PREFIX}labels`,
  annotations: `${MODULE_PREFIX}annotations`,
  /** JSON. */
  settingsSchema: `${MODULE_PREFIX}settings-schema`,
} as const;

/** What refers to a module, and catalogues: each is one layer and no config. */
export const ARTIFACT_TYPE = {
  readme: "application/vnd.cni-genie.readme.v1",
  golden: "application/vnd.cni-genie.golden.v1",
  benchmark: "application/vnd.cni-genie.bench.v1",
  catalogue: "application/vnd.cni-genie.catalogue.v1",
  catalogueEntry: "application/vnd.cni-genie.catalogue-entry.v1",
} as const;

/** By key; sorted where we write them, so that the same give the same digest. */
export type Annotations = Readonly<Record<string, string>>;
