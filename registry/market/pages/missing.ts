import { html, type Html } from "../html.ts";
import { pageOf, type Site } from "./layout.ts";

export function missingPage(site: Site): Html {
  const main = html`<section class="empty">
    <h1>There is no such page</h1>
    <p>A module that was here may have left the catalogue. <a href="/">See all modules</a></p>
  </section>`;
  return pageOf(site, { title: "Not found – genie modules", main });
}
