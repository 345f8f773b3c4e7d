/** Nothing but our own files is loaded, nothing is sent anywhere else, and nobody shows a page in a frame. */
export const CONTENT_POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self'",
  "connect-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
} as const satisfies Record<string, string>;

/** `default-src 'none'; script-src 'self'` … as the header has it. */
export function formatContentPolicy(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources}`.trimEnd())
    .join("; ");
}

/** On every answer. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": formatContentPolicy(CONTENT_POLICY),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
