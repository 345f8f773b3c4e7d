import { readFile } from "node:fs/promises";
import path from "node:path";
import { hexOf, sha256 } from "../digest.ts";
import type { Answer, Route } from "./http/answer.ts";

const TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** What every page loads. */
export const PAGE_FILES = ["style.css", "page.js", "icon.svg"] as const;

/** What the playground loads beside them. */
export const PLAYGROUND_FILES = ["playground.css", "playground.js"] as const;

/** Files of ours that pages load, in memory; each one's address changes with its content. */
export interface Assets {
  /** The address of the file with this name. */
  url(name: string): string;
  readonly route: Route;
}

/** Reads these files of a folder. */
export async function loadAssets(folder: string, names: readonly string[]): Promise<Assets> {
  const urlByName = new Map<string, string>();
  const answerByUrl = new Map<string, Answer>();
  for (const name of names) {
    const body = await readFile(path.join(folder, name));
    const { name: stem, ext } = path.parse(name);
    const url = `/assets/${stem}.${hexOf(sha256(body)).slice(0, 16)}${ext}`;
    const contentType = TYPE_BY_EXTENSION[ext];
    if (contentType === undefined) throw new Error(`no media type for ${name}`);
    urlByName.set(name, url);
    answerByUrl.set(url, { status: 200, contentType, body, caching: "forever" });
  }
  return {
    url: (name) => {
      const url = urlByName.get(name);
      if (url === undefined) throw new Error(`no asset ${name}`);
      return url;
    },
    route: ({ path: parts }) => answerByUrl.get(`/${parts.join("/")}`),
  };
}
