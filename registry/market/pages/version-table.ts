import type { CatalogueEntry } from "../../catalogue/catalogue.ts";
import { html, type Html } from "../html.ts";
import { toModuleUrl } from "../module-url.ts";
import { deprecatedBadge, signedMark } from "./badges.ts";
import { formatDay, shortDigest } from "./format.ts";
import { scrollable } from "./scrollable.ts";

const MOST_VERSIONS = 50;

/** The versions of one repository, with a link to each but the one that is shown. */
export function versionTable(versions: readonly CatalogueEntry[], shown: CatalogueEntry): Html {
  const more = versions.length - MOST_VERSIONS;
  return scrollable(
    "Versions",
    html`<table>
        <thead>
          <tr>
            <th scope="col">version</th>
            <th scope="col">published</th>
            <th scope="col">digest</th>
            <th scope="col">signed</th>
          </tr>
        </thead>
        <tbody>
          ${versions.slice(0, MOST_VERSIONS).map((entry) => row(entry, entry === shown))}
        </tbody>
      </table>
      ${more > 0 && html`<p>and ${more} older</p>`}`,
  );
}

function row(entry: CatalogueEntry, isShown: boolean): Html {
  const { version, digest, publishedAt } = entry;
  const name = isShown
    ? html`<strong aria-current="page">${version}</strong>`
    : html`<a href="${toModuleUrl(entry)}">${version}</a>`;
  return html`<tr>
    <th scope="row">${name} ${deprecatedBadge(entry)}</th>
    <td>${formatDay(publishedAt)}</td>
    <td><code>${shortDigest(digest)}</code></td>
    <td>${signedMark(entry)}</td>
  </tr>`;
}
