import markdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

/** Nothing becomes a link by looking like one. */
const MARKDOWN = markdownIt({ html: true, linkify: false, typographer: false });
/** Raw HTML is known as such, and left out. */
for (const rule of ["html_block", "html_inline"]) MARKDOWN.renderer.rules[rule] = () => "";

/** Under the page's own headings. */
const DEEPER = { h1: "h2", h2: "h3", h3: "h4", h4: "h5", h5: "h6" };

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags:
    "h2 h3 h4 h5 h6 p br hr blockquote ul ol li pre code em strong s a div table thead tbody tr th td".split(
      " ",
    ),
  allowedAttributes: {
    a: ["href", "rel"],
    ol: ["start"],
    pre: ["tabindex"],
    div: ["class", "role", "aria-label", "tabindex"],
  },
  allowedClasses: { div: ["scroll"] },
  allowedSchemes: ["https", "http"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  nestingLimit: 40,
  transformTags: {
    ...DEEPER,
    h5: "h6",
    a: (tagName, { href = "" }) => ({ tagName, attribs: toLinkAttributes(href) }),
    pre: (tagName) => ({ tagName, attribs: { tabindex: "0" } }),
  },
};

/** Tables scroll by themselves, with keys as well. */
MARKDOWN.renderer.rules["table_open"] = () =>
  '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n';
MARKDOWN.renderer.rules["table_close"] = () => "</table></div>\n";
/** An image would tell another server who reads this: what it shows is said instead. */
MARKDOWN.renderer.rules["image"] = (tokens, index) => MARKDOWN.utils.escapeHtml(tokens[index]?.content ?? "");

/** A README as markup with nothing in it that runs, loads, or asks anything of anybody. */
export function renderReadme(markdown: string): string {
  return sanitizeHtml(MARKDOWN.render(markdown), ALLOWED);
}

/** Only links to other sites are links: in this one, a README has nothing. */
function toLinkAttributes(href: string): Record<string, string> {
  const url = URL.parse(href);
  if (url?.protocol !== "https:" && url?.protocol !== "http:") return {};
  if (url.username !== "" || url.password !== "") return {}; // reads as another site than it leads to
  return { href: url.href, rel: "noopener noreferrer nofollow" };
}
