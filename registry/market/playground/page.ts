import type { Digest } from "../../digest.ts";
import { html, type Html } from "../html.ts";
import { toModuleUrl } from "../module-url.ts";
import { pageOf, type Site } from "../pages/layout.ts";

export interface PlaygroundPage {
  /** Name and version. */
  readonly title: string;
  readonly repository: string;
  readonly reference: string;
  readonly digest: Digest;
}

/** The frame of the page; its script fills it. */
export function playgroundPage(site: Site, page: PlaygroundPage): Html {
  const { title, reference, digest } = page;
  const { pathname: base, search: query } = new URL(toModuleUrl(page, "/playground"), "http://market");
  const main = html`
    <nav aria-label="Back"><a href="${toModuleUrl(page)}">About this module</a></nav>
    <header class="module">
      <h1>Try ${title}</h1>
      <p class="repository">${reference}</p>
      <p class="lead">
        The module itself runs in this browser, in a frame that can reach nothing, and is stopped when it is
        late. Move a slider: the ranking is what a node would make of it.
      </p>
    </header>
    <noscript><p class="note warning">The playground needs scripts.</p></noscript>
    <p id="unchecked" class="note" hidden>
      This page came without https, so the browser has no means to check the module’s digest.
    </p>
    <div
      id="playground"
      class="playground"
      data-base="${base}"
      data-query="${query}"
      data-digest="${digest}"
      data-frame="/playground/frame"
    >
      ${answerPart()} ${questionPart()}
    </div>
  `;
  return pageOf(site, {
    title: `Try ${title} – genie modules`,
    main,
    scripts: ["playground.js"],
    styles: ["playground.css"],
  });
}

function answerPart(): Html {
  return html`<section id="result" class="answer" aria-labelledby="ranking-title">
    <h2 id="ranking-title">Ranking</h2>
    <p id="status" class="hidden" role="status"></p>
    <p id="failure" class="note warning" role="alert" hidden></p>
    <ol id="ranking"></ol>
    <p id="wanted" class="mark" hidden></p>
    <details>
      <summary>The answer as <code>geniectl run --json</code> prints it</summary>
      <pre id="answer" tabindex="0" role="region" aria-label="The answer as JSON"></pre>
    </details>
  </section>`;
}

function questionPart(): Html {
  return html`<section class="question" aria-labelledby="question-title">
    <h2 id="question-title">Candidates</h2>
    <label class="field"
      ><span>Begin with a golden case</span
      ><select id="preset"></select
    ></label>
    <div id="candidates"></div>
    <button type="button" id="add">Add a candidate</button>
    <details class="case">
      <summary>Settings</summary>
      <label class="field"
        ><span>of the module, as JSON</span
        ><textarea id="settings" rows="6" spellcheck="false" aria-describedby="settings-faults"></textarea>
      </label>
      <ul id="settings-faults" class="faults" aria-live="polite"></ul>
    </details>
    <details class="case">
      <summary>The pod</summary>
      <div id="pod" class="fields"></div>
    </details>
    <details class="case">
      <summary>The question as <code>geniectl run MODULE -</code> reads it</summary>
      <pre id="question" tabindex="0" role="region" aria-label="The question as JSON"></pre>
    </details>
  </section>`;
}
