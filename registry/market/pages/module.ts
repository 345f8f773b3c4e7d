import type { CatalogueEntry } from "../../catalogue/catalogue.ts";
import type { Digest } from "../../digest.ts";
import type { ModuleDetails } from "../details.ts";
import { html, type Html } from "../html.ts";
import { deprecatedBadge, kindBadge, signatureMark } from "./badges.ts";
import { benchTable } from "./bench-table.ts";
import { factList } from "./fact-list.ts";
import { goldenCases } from "./golden-cases.ts";
import { pageOf, type Site } from "./layout.ts";
import { settingsTable } from "./settings-table.ts";
import { versionTable } from "./version-table.ts";

export interface ModulePage {
  /** As its own tags have it, where these could be read; else as the roll-up has it. */
  readonly entry: CatalogueEntry;
  /** Why its own tags couldn't be read, in one clause; or what the roll-up says of its digest. */
  readonly source: { readonly unread: string } | { readonly listedDigest: Digest };
  /** All versions of its repository, the latest first. */
  readonly versions: readonly CatalogueEntry[];
  /** The name of its repository's last part. */
  readonly name: string;
  /** What the registry holds; else why it can't be shown, in one clause. */
  readonly details: ModuleDetails | string;
  /** Where it can be tried out; undefined where it can't. */
  readonly playgroundUrl: string | undefined;
}

/** Everything there is to know of one version of a module. */
export function modulePage(site: Site, page: ModulePage): Html {
  const { entry, name, details, versions, playgroundUrl } = page;
  const known = typeof details === "string" ? undefined : details;
  const main = html`
    <nav aria-label="Back"><a href="/">All modules</a></nav>
    <header class="module">
      <h1>${name} <span class="version">${entry.version}</span></h1>
      <p class="repository">${entry.repository}</p>
      <p class="lead">${known?.metadata?.description ?? entry.description}</p>
      <p class="marks">${kindBadge(entry)} ${deprecatedBadge(entry)} ${signatureMark(entry, known)}</p>
    </header>
    ${deprecationNote(entry)} ${install(page)}
    ${playgroundUrl !== undefined && html`<p class="try"><a class="button" href="${playgroundUrl}">Try it in this browser</a></p>`}
    <div class="columns">
      <div>
        ${typeof details === "string" && html`<p class="note">Its page can’t be filled: ${details}. What stands here is from the catalogue.</p>`}
        ${known && contentOf(known)} ${section("versions", "Versions", versionTable(versions, entry))}
      </div>
      <aside aria-label="Facts">${factList(entry, known)}</aside>
    </div>
  `;
  return pageOf(site, { title: `${name} ${entry.version} – genie modules`, main });
}

function contentOf({ readme, metadata, goldenCases: cases, bench }: ModuleDetails): Html {
  const settings = metadata?.settings && settingsTable(metadata.settings);
  return html`
    ${readme && html`<section class="readme" aria-label="README">${readme}</section>`}
    ${settings && section("settings", "Settings", settings)}
    ${cases.length > 0 && section("golden-cases", "Golden cases", goldenCases(cases))}
    ${bench.length > 0 && section("benchmark", "Benchmark", benchTable(bench))}
  `;
}

function section(id: string, title: string, content: Html): Html {
  return html`<section>
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}

function deprecationNote({ deprecated }: CatalogueEntry): Html | undefined {
  return (
    deprecated &&
    html`<div class="note warning" role="note">
      <strong>Deprecated:</strong> ${deprecated.reason}
      ${deprecated.replacedBy !== undefined && html`<br />Use <code>${deprecated.replacedBy}</code> in its place.`}
    </div>`
  );
}

/**
 * The line that admins run. It names a digest, so that nothing that happens in the registry later changes it: that of the
 * version's own tag, since the roll-up is written by every publisher.
 */
function install({ entry, source }: ModulePage): Html {
  if ("unread" in source) {
    return html`<p class="note warning" role="note">
      There is no line to pin it by just now: the entry of this version can’t be read, ${source.unread}. What
      stands here is from the catalogue’s roll-up, which every publisher writes.
    </p>`;
  }
  return html`${differenceNote(entry, source.listedDigest)}
    <section class="install" aria-labelledby="install">
      <h2 id="install">Pin it on a node</h2>
      <div class="line">
        <pre
          tabindex="0"
          role="region"
          aria-label="Command"
        ><code id="install-line">geniectl pin --config /etc/cni/net.d/00-genie.conf ${entry.repository}@${entry.digest}</code></pre>
        <button type="button" class="copy" data-copy="install-line" aria-describedby="install">Copy</button>
      </div>
    </section>`;
}

function differenceNote({ version, digest }: CatalogueEntry, listedDigest: Digest): Html | undefined {
  if (digest === listedDigest) return undefined;
  return html`<p class="note warning" role="note">
    The catalogue’s roll-up says another digest of version ${version} than its own entry:
    <code class="digest">${listedDigest}</code>. The entry counts; this page is of what it names.
  </p>`;
}
