import { createHash } from "node:crypto";
import { html, Html } from "../html.ts";
import type { Answer } from "../http/answer.ts";
import { formatContentPolicy } from "../http/safe-headers.ts";

/**
 * The frame in which modules run: an origin of its own that no storage, cookie or page belongs to. Its one script is
 * known by its digest, and it loads nothing, sends nothing and evaluates nothing but wasm; so does its worker, whose
 * script it makes itself.
 */
export function makeFrameAnswer(script: string): Answer {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Where the module runs</title>
        <script>
          ${new Html(script)};
        </script>
      </head>
    </html>`;
  const [inner = ""] = /(?<=<script>)[^]*(?=<\/script>)/.exec(page.text) ?? [];
  const digest = createHash("sha256").update(inner).digest("base64");
  const policy = {
    sandbox: "allow-scripts",
    "default-src": "'none'",
    "script-src": `'sha256-${digest}' 'wasm-unsafe-eval'`,
    "worker-src": "blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
  };
  return {
    status: 200,
    contentType: "text/html; charset=utf-8",
    body: page.text,
    headers: { "content-security-policy": formatContentPolicy(policy) },
    caching: "ask",
  };
}
