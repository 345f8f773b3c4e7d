import { html, type Html } from "../html.ts";

/** What may be wider than a phone: it scrolls by itself, with keys as well. */
export function scrollable(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
