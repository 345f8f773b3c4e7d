import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import type { Shelf, ShelvedModule } from "./shelf.ts";

const MAX_WORDS = 8;
const MAX_TEXT_LENGTH = 200;
const MAX_PAGE = 10_000;

/** What a visitor looks for. Absent: anything. */
export interface Search {
  readonly text: string;
  readonly kind: ModuleKind | undefined;
  readonly kpi: string | undefined;
  readonly signed: boolean;
  /** Also those of which every version is deprecated. */
  readonly deprecated: boolean;
  /** From 1. */
  readonly page: number;
}

export interface Found {
  readonly modules: readonly ShelvedModule[];
  readonly count: number;
  readonly page: number;
  readonly pages: number;
}

export const MODULES_PER_PAGE = 30;

/** Reads an address that anybody may have written: what makes no sense there is as if it were absent. */
export function readSearch(params: URLSearchParams): Search {
  const text = (name: string) => (params.get(name) ?? "").slice(0, MAX_TEXT_LENGTH).trim();
  const page = /^\d{1,5}$/.test(text("page")) ? Number(text("page")) : 1;
  return {
    text: text("q"),
    kind: MODULE_KINDS.find((kind) => kind === text("kind")),
    kpi: text("kpi") || undefined,
    signed: text("signed") === "yes",
    deprecated: text("deprecated") === "yes",
    page: Math.min(Math.max(page, 1), MAX_PAGE),
  };
}

/** The parameters that `readSearch` reads back to the same search. */
export function formatSearch({ text, kind, kpi, signed, deprecated, page }: Search): string {
  const params = new URLSearchParams();
  if (text !== "") params.set("q", text);
  if (kind !== undefined) params.set("kind", kind);
  if (kpi !== undefined) params.set("kpi", kpi);
  if (signed) params.set("signed", "yes");
  if (deprecated) params.set("deprecated", "yes");
  if (page > 1) params.set("page", String(page));
  return params.toString();
}

/** A page beyond the last is the last. */
export function findModules({ modules }: Shelf, search: Search): Found {
  const words = search.text.toLowerCase().split(/\s+/).slice(0, MAX_WORDS);
  const found = modules.filter(
    (module) => fits(module, search) && words.every((word) => module.words.includes(word)),
  );
  const pages = Math.max(1, Math.ceil(found.length / MODULES_PER_PAGE));
  const page = Math.min(search.page, pages);
  const first = (page - 1) * MODULES_PER_PAGE;
  return { modules: found.slice(first, first + MODULES_PER_PAGE), count: found.length, page, pages };
}

function fits({ offered }: ShelvedModule, { kind, kpi, signed, deprecated }: Search): boolean {
  if (kind !== undefined && offered.kind !== kind) return false;
  if (kpi !== undefined && !offered.kpis.required.includes(kpi) && !offered.kpis.optional.includes(kpi))
    return false;
  if (signed && offered.signers.length === 0) return false;
  return deprecated || offered.deprecated === undefined;
}
