import { Command } from "commander";
import { isDigestTagged } from "../../registry/artifact/digest-tag.ts";
import { type Catalogue, findEntry } from "../../registry/catalogue/catalogue.ts";
import { compareVersions } from "../../registry/catalogue/version-order.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import type { Digest } from "../../registry/digest.ts";
import { isAway, RegistryFailure } from "../../registry/errors.ts";
import type { Reference } from "../../registry/reference.ts";
import { formatRepository, parseRepository, type RepositoryName } from "../../registry/repository-name.ts";
import { forEach } from "../../registry/some-at-a-time.ts";
import { addCatalogueOption, fetchCatalogue } from "./catalogue-options.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";

interface VersionsOptions {
  readonly catalogue?: Reference;
  readonly json?: true;
}

interface Version {
  readonly version: string;
  readonly digest: Digest;
  /** Null where no catalogue says it. */
  readonly publishedAt: string | null;
  readonly deprecated: { readonly reason: string; readonly replacedBy?: string | undefined } | null;
  /** What the catalogue has under this version, where the tag leads elsewhere: somebody has moved it. */
  readonly published: Digest | null;
}

/** More are not looked at; the newest are. */
const MAX_VERSIONS = 1000;

/** `geniectl versions REPO` */
export function versionsCommand(shell: Shell): Command {
  const command = new Command("versions")
    .description("list the versions of a module, the newest first")
    .argument("<repository>", "registry/repository");
  return addCatalogueOption(command, { isRequired: false })
    .option("--json", "print one JSON document")
    .action(async (name: string, { catalogue, json }: VersionsOptions) => {
      const repository = parseRepository(name);
      const about = [formatRepository(repository)];
      const known = catalogue && (await fetchCatalogue({ catalogue, about }, shell));
      const versions = await listKnownVersions(repository, known, shell);
      for (const { version, digest, published } of versions) {
        if (published !== null && published !== digest)
          shell.warn(`${name}:${version} was published as ${published}, but leads to ${digest} now`);
      }
      if (json === true) shell.printJson(versions);
      else printTable([["VERSION", "DIGEST", "PUBLISHED", "STATE"], ...versions.map(toRow)], shell);
    });
}

/** As its registry has them; as the catalogue has them where the registry can't be asked. */
async function listKnownVersions(
  name: RepositoryName,
  catalogue: Catalogue | undefined,
  shell: Shell,
): Promise<readonly Version[]> {
  const repository = formatRepository(name);
  const entries = catalogue?.entries.filter((entry) => entry.repository === repository) ?? [];
  try {
    return await listVersions(name, catalogue, shell);
  } catch (error) {
    if (!isAway(error) || entries.length === 0) throw error;
    shell.warn(`${error.message}: these are the catalogue's words; where the tags lead isn't known`);
    return entries
      .toSorted((one, other) => compareVersions(other.version, one.version))
      .map(({ version, digest, publishedAt, deprecated = null }) => {
        return { version, digest, publishedAt, deprecated, published: digest };
      });
  }
}

async function listVersions(
  name: RepositoryName,
  catalogue: Catalogue | undefined,
  shell: Shell,
): Promise<readonly Version[]> {
  const repository = formatRepository(name);
  using client = new RegistryClient(
    { ...name, tag: undefined, digest: undefined },
    await shell.clientOptions(),
  );
  shell.progress(`listing ${repository} …`);
  const tags = (await client.listTags()).filter((tag) => !isDigestTagged(tag));
  const newest = tags.toSorted((one, other) => compareVersions(other, one)).slice(0, MAX_VERSIONS);
  if (newest.length < tags.length)
    shell.warn(`${repository} has ${tags.length} versions: the newest are shown`);
  const digestByVersion = new Map<string, Digest>();
  await forEach(newest, async (tag) => {
    const digest = await client.findDigest(tag);
    if (digest !== undefined) digestByVersion.set(tag, digest);
  });
  if (digestByVersion.size === 0)
    throw new RegistryFailure("notFound", `there is no version of ${repository}`);
  return newest.flatMap((version) => {
    const digest = digestByVersion.get(version);
    const entry = catalogue && findEntry(catalogue, { repository, version });
    if (digest === undefined) return []; // removed meanwhile
    const { publishedAt = null, deprecated = null, digest: published = null } = entry ?? {};
    return [{ version, digest, publishedAt, deprecated: deprecated ?? null, published }];
  });
}

function toRow({ version, digest, publishedAt, deprecated }: Version): string[] {
  const state = deprecated === null ? "" : `deprecated: ${deprecated.reason}`;
  const instead = deprecated?.replacedBy === undefined ? "" : `; use ${deprecated.replacedBy}`;
  return [version, digest, publishedAt?.slice(0, 10) ?? "", `${state}${instead}`];
}
