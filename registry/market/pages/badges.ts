import type { CatalogueEntry } from "../../catalogue/catalogue.ts";
import type { ModuleDetails } from "../details.ts";
import { html, type Html } from "../html.ts";

export function kindBadge({ kind }: CatalogueEntry): Html {
  return html`<span class="badge ${kind}">${kind}</span>`;
}

/** As the catalogue has it, which anybody may have written who may write the catalogue. */
export function signedMark({ signers }: { readonly signers: readonly unknown[] }): Html {
  return signers.length === 0
    ? html`<span class="mark unsigned">unsigned</span>`
    : html`<span class="mark signed">signed</span>`;
}

/** As the registry has it, where it's known. */
export function signatureMark(entry: CatalogueEntry, details: ModuleDetails | undefined): Html {
  if (details === undefined) return signedMark(entry);
  if (details.signatures.some(({ state }) => state === "holds"))
    return html`<span class="mark verified">signature verified</span>`;
  return signedMark({ signers: details.signatures.filter(({ state }) => state === "unchecked") });
}

export function deprecatedBadge({ deprecated }: CatalogueEntry): Html | undefined {
  return deprecated && html`<span class="badge deprecated">deprecated</span>`;
}

/** At most so many KPIs of a module are shown in a list. */
const MOST_CHIPS = 6;

export function kpiChips({ kpis }: CatalogueEntry): Html | undefined {
  const all = [
    ...kpis.required.map((name) => ({ name, need: "required" })),
    ...kpis.optional.map((name) => ({ name, need: "optional" })),
  ];
  if (all.length === 0) return undefined;
  const more = all.length - MOST_CHIPS;
  return html`<ul class="chips" aria-label="KPIs">
    ${all.slice(0, MOST_CHIPS).map(({ name, need }) => html`<li class="${need}" title="${need}">${name}</li>`)}
    ${more > 0 && html`<li>and ${more} more</li>`}
  </ul>`;
}
