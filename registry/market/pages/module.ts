import type { CatalogueEntry } from "../../catalogue/catalogue.ts";
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
  readonly entry: CatalogueEntry;
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
    ${deprecationNote(entry)} ${install(entry)}
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

/** The line that admins run. It names a digest, so that nothing that happens in the registry later changes it. */
function install({ repository, digest }: CatalogueEntry): Html {
  return html`<section class="install" aria-labelledby="install">
    <h2 id="install">Pin it on a node</h2>
    <div class="line">
      <pre
        tabindex="0"
        role="region"
        aria-label="Command"
      ><code id="install-line">geniectl pin --config /etc/cni/net.d/00-genie.conf ${repository}@${digest}</code></pre>
      <button type="button" class="copy" data-copy="install-line" aria-describedby="install">Copy</button>
    </div>
  </section>`;
}
