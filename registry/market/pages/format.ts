import type { Digest } from "../../digest.ts";
import { html, type Html } from "../html.ts";

/** A day, the same whatever the visitor's place. */
export function formatDay(at: string | number): Html {
  const time = new Date(at).toISOString();
  return html`<time datetime="${time}">${time.slice(0, 10)}</time>`;
}

/** As much of a digest as a person compares. */
export function shortDigest(digest: Digest): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}

/** The address of another site that a visitor may be sent to; undefined for everything but https. */
export function findWebLink(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url?.protocol === "https:" && url.username === "" && url.password === "" ? url.href : undefined;
}
