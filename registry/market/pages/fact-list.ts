import type { CatalogueEntry } from "../../catalogue/catalogue.ts";
import type { ModuleDetails, SignatureView } from "../details.ts";
import { html, type Html, type HtmlPart } from "../html.ts";
import { formatSize } from "../../size.ts";
import { findWebLink, formatDay } from "./format.ts";

const WORDS_BY_STATE = {
  holds: "verified",
  "doesn't count": "doesn’t count",
  broken: "broken",
  unchecked: "not checked here",
} as const satisfies Record<SignatureView["state"], string>;

/** What is known in a few words each. */
export function factList(entry: CatalogueEntry, details: ModuleDetails | undefined): Html {
  const metadata = details?.metadata;
  const sizeBytes = details?.sizeBytes ?? entry.sizeBytes;
  const kpis = metadata?.kpis ?? entry.kpis;
  return html`<dl class="fact-list">
    ${entry.title !== undefined && fact("Title", entry.title)}
    ${fact("Digest", html`<code class="digest">${entry.digest}</code>`)}
    ${fact("Published", formatDay(entry.publishedAt))} ${fact("Size", formatSize(sizeBytes))}
    ${fact("Signatures", signatures(entry, details))}
    ${details?.policy && fact("The trust policy of this site", policyFact(details.policy))}
    ${kpis.required.length > 0 && fact("KPIs it needs", codes(kpis.required))}
    ${kpis.optional.length > 0 && fact("KPIs it can use", codes(kpis.optional))}
    ${metadata && metadata.labels.length > 0 && fact("Labels it asks to see", codes(metadata.labels))}
    ${metadata && metadata.annotations.length > 0 && fact("Annotations it asks to see", codes(metadata.annotations))}
    ${entry.licence !== undefined && fact("Licence", entry.licence)}
    ${entry.source !== undefined && fact("Source", sourceLink(entry.source))}
  </dl>`;
}

function fact(name: string, value: HtmlPart): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function codes(names: readonly string[]): Html {
  return html`<ul class="chips">
    ${names.map((name) => html`<li>${name}</li>`)}
  </ul>`;
}

/** A link leads only where a person chose to go, and says nothing of where they come from. */
function sourceLink(source: string): HtmlPart {
  const href = findWebLink(source);
  return href === undefined
    ? source
    : html`<a href="${href}" rel="noopener noreferrer nofollow">${source}</a>`;
}

function signatures({ signers }: CatalogueEntry, details: ModuleDetails | undefined): HtmlPart {
  if (details === undefined) {
    return signers.length === 0 ? "none, says the catalogue" : html`${codes(signers)} says the catalogue`;
  }
  if (details.signatures.length === 0) return "none";
  return html`<ul class="signatures">
    ${details.signatures.map(signature)}
  </ul>`;
}

function signature({ format, identity, state, fault }: SignatureView): Html {
  const by = identity === undefined ? "" : ` by ${identity}`;
  const why = fault === undefined ? "" : `: ${fault}`;
  return html`<li>
    ${format}${by}:
    <span class="${state === "doesn't count" ? "broken" : state}">${WORDS_BY_STATE[state]}</span>${why}
  </li>`;
}

function policyFact({ refusal }: { refusal: string | undefined }): Html {
  return refusal === undefined
    ? html`<span class="holds">would take it</span>`
    : html`<span class="broken">would refuse it</span>: ${refusal}`;
}
