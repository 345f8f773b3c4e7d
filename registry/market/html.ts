/** Markup that may be sent as it is: made by `html` alone, or by a sanitiser and then named as such. */
export class Html {
  readonly text: string;

  constructor(sanitised: string) {
    this.text = sanitised;
  }
}

export type HtmlPart = Html | string | number | false | undefined | readonly HtmlPart[];

const ENTITY_BY_CHARACTER: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Control characters but the tab and the line feed, and what turns the direction of text or can't be seen in it. */
const STEERING = /[^\P{Cc}\t\n]|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/**
 * Markup in which every part is text unless it's markup already. Parts stand between tags or in quoted attributes,
 * never in a tag's or an attribute's name, a script or a style.
 */
export function html(markup: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(String.raw({ raw: markup }, ...parts.map(format)));
}

function format(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (part === undefined || part === false) return "";
  return typeof part === "object" ? part.map(format).join("") : escapeHtml(String(part));
}

/** The text as it's read between tags and in quoted attributes; what can't be shown becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return replaceSteering(text).replace(/[&<>"'`]/g, (character) => ENTITY_BY_CHARACTER[character] ?? "");
}

/** The text with U+FFFD in the place of what would steer how it's shown. */
export function replaceSteering(text: string): string {
  return text.replace(STEERING, "\ufffd");
}
