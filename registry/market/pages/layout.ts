import type { Assets } from "../assets.ts";
import { html, type Html } from "../html.ts";
import { formatDay } from "./format.ts";

/** What every page shows of the place where it is. */
export interface Site {
  readonly assets: Assets;
  /** The catalogue's reference. */
  readonly catalogue: string;
  readonly updatedAtMs: number;
}

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** More scripts than every page has, by the names of their files. */
  readonly scripts?: readonly string[];
  /** More styles, likewise. */
  readonly styles?: readonly string[];
}

const LAMP = html`<svg
  class="lamp"
  viewBox="0 0 32 32"
  width="28"
  height="28"
  aria-hidden="true"
  focusable="false"
>
  <path d="M3 13c4 0 5 1 7 3 1-3 4-5 7-5 4 0 7 2 8 6 2 0 4-1 5-3 0 6-4 10-9 10h-7c-6 0-8-4-11-11z" />
  <path d="M12 26h10v2H12z" />
  <circle cx="17" cy="6" r="2" />
</svg>`;

export function pageOf({ assets, catalogue, updatedAtMs }: Site, page: Page): Html {
  const { title, main, scripts = [], styles = [] } = page;
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title}</title>
      <link rel="icon" type="image/svg+xml" href="${assets.url("icon.svg")}" />
      ${["style.css", ...styles].map((name) => html`<link rel="stylesheet" href="${assets.url(name)}" />`)}
      ${["page.js", ...scripts].map((name) => html`<script type="module" src="${assets.url(name)}"></script>`)}
    </head>
    <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <a class="brand" href="/">${LAMP}<span>genie modules</span></a>
        <span class="catalogue" title="The catalogue that this page shows">${catalogue}</span>
      </header>
      <main id="main" tabindex="-1">${main}</main>
      <footer>
        <p>
          Read only, from <code>${catalogue}</code> as it was on ${formatDay(updatedAtMs)}. What modules say
          of themselves is their authors’ word; a digest is what you pin.
        </p>
      </footer>
    </body>
  </html>`;
}
