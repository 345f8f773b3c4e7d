import { html, type Html } from "../html.ts";
import { toModuleUrl } from "../module-url.ts";
import { findModules, formatSearch, type Found, type Search } from "../search.ts";
import type { Shelf, ShelvedModule } from "../shelf.ts";
import { deprecatedBadge, kindBadge, kpiChips, signedMark } from "./badges.ts";
import { formatCount, formatSize } from "../../size.ts";
import { formatDay } from "./format.ts";
import { pageOf, type Site } from "./layout.ts";

/** So many KPIs are offered to choose from; a catalogue could name any number. */
const MOST_KPIS = 200;

/** The list of modules with its search, which needs no script. */
export function listPage(site: Site, shelf: Shelf, search: Search): Html {
  const found = findModules(shelf, search);
  const main = html`
    <section class="hero">
      <h1>Modules that choose networks</h1>
      <p>
        Scorers and selectors for genie: small WebAssembly components without file, network or clock. Find
        one, judge it, pin its digest.
      </p>
      ${searchForm(shelf, search)}
    </section>
    <p class="count" role="status">${toCountLine(found)}</p>
    ${
      found.count === 0
        ? emptyNote()
        : html`<ul class="cards">
            ${found.modules.map(card)}
          </ul>`
    }
    ${found.pages > 1 && pager(search, found)}
  `;
  return pageOf(site, {
    title: search.text === "" ? "genie modules" : `${search.text} – genie modules`,
    main,
  });
}

function toCountLine({ count, page, pages }: Found): string {
  return `${formatCount(count, "module")}${pages > 1 ? `, page ${page} of ${pages}` : ""}`;
}

function emptyNote(): Html {
  return html`<p class="empty">No module fits. Try fewer words, or <a href="/">see them all</a>.</p>`;
}

function searchForm({ kpis }: Shelf, search: Search): Html {
  return html`<form class="search" method="get" action="/" role="search">
    <label class="words"
      ><span>Search</span
      ><input
        type="search"
        name="q"
        value="${search.text}"
        maxlength="200"
        placeholder="name, KPI or words of the description"
    /></label>
    <label><span>Kind</span>${select("kind", ["scorer", "selector"], search.kind)}</label>
    <label><span>KPI</span>${select("kpi", kpis.slice(0, MOST_KPIS), search.kpi)}</label>
    <fieldset>
      <legend>Show</legend>
      ${checkbox("signed", "only signed", search.signed)}
      ${checkbox("deprecated", "also deprecated", search.deprecated)}
    </fieldset>
    <button type="submit">Search</button>
  </form>`;
}

function select(name: string, values: readonly string[], chosen: string | undefined): Html {
  return html`<select name="${name}">
    <option value="">any</option>
    ${values.map((value) => html`<option value="${value}" ${value === chosen && html`selected`}>${value}</option>`)}
  </select>`;
}

function checkbox(name: string, text: string, checked: boolean): Html {
  return html`<label class="check"
    ><input type="checkbox" name="${name}" value="yes" ${checked && html`checked`} /> ${text}</label
  >`;
}

function card({ name, repository, versions, offered }: ShelvedModule): Html {
  const { version, title, description, sizeBytes, publishedAt } = offered;
  return html`<li class="card">
    <h2>
      <a href="${toModuleUrl(offered)}">${name}</a> ${kindBadge(offered)} ${deprecatedBadge(offered)}
      ${signedMark(offered)}
    </h2>
    <p class="repository">${repository}</p>
    <p class="description">${title !== undefined && html`<strong>${title}</strong> – `}${description}</p>
    ${kpiChips(offered)}
    <p class="facts">
      <span
        >${version}${versions.length > 1 && html` <span class="quiet">of ${formatCount(versions.length, "version")}</span>`}</span
      >
      <span>${formatSize(sizeBytes)}</span>
      <span>${formatDay(publishedAt)}</span>
    </p>
  </li>`;
}

function pager(search: Search, { page, pages }: Found): Html {
  const to = (target: number) => `/?${formatSearch({ ...search, page: target })}`;
  return html`<nav class="pager" aria-label="Pages">
    ${page > 1 ? html`<a rel="prev" href="${to(page - 1)}">Previous</a>` : html`<span></span>`}
    <span>${page} / ${pages}</span>
    ${page < pages ? html`<a rel="next" href="${to(page + 1)}">Next</a>` : html`<span></span>`}
  </nav>`;
}
