import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, html, Html } from "./html.ts";

/** What a browser makes of character references. */
function unescape(text: string): string {
  const CHARACTER: Readonly<Record<string, string>> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&#96;": "`",
  };
  return text.replace(/&(?:amp|lt|gt|quot|#39|#96);/g, (entity) => CHARACTER[entity] ?? entity);
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('"><script>alert(1)</script>', "&lt;b&gt;", "' onload='x", "`", "</title>", "<!--", "]]>"),
);

test("whatever a text holds, it opens no tag, leaves no attribute, and is read as it was written", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { text: page } = html`<p title="${text}">${text}</p>`;
      const [, attribute = "", inner = ""] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(page) ?? [];
      expect(page.length).toBe('<p title=""></p>'.length + attribute.length + inner.length);
      expect(attribute).toBe(inner);
      expect(inner).not.toMatch(/[<>"'`]/);
    }),
  );
});

test("plain text comes through unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(unescape(escapeHtml(text))).toBe(text);
    }),
  );
});

test.each([
  ["a bidirectional override", "a\u202eb"],
  ["an isolate", "a\u2066b"],
  ["an invisible space", "a\u200bb"],
  ["NUL", "a\0b"],
  ["an escape", "a\u001bb"],
  ["half a character", "a\ud800b"],
])("%s is seen", (_, text) => {
  expect(escapeHtml(text)).toBe("a\ufffdb");
});

test("markup is taken as it is, lists are joined, and what is absent is nothing", () => {
  const items = ["<a>", "b"].map((item) => html`<li>${item}</li>`);
  expect(html`${items}`).toEqual(new Html("<li>&lt;a&gt;</li><li>b</li>"));
  expect(html`<b>${undefined}${false}${0}</b>`.text).toBe("<b>0</b>");
});
