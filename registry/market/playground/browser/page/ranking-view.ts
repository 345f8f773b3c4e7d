import { make } from "./dom.ts";
import type { RankedNetwork } from "./ranking.ts";

const MOVE_MS = 180;

/** Draws the ranking; networks glide to their new places where the visitor likes motion. */
export function drawRanking(list: HTMLElement, ranking: readonly RankedNetwork[]): void {
  const topByNetwork = readTops(list);
  list.replaceChildren(...ranking.map(makeRow));
  if (globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [network, { row, top }] of readTops(list)) {
    const moved = (topByNetwork.get(network)?.top ?? top) - top;
    if (moved !== 0)
      row.animate({ translate: [`0 ${moved}px`, "0 0"] }, { duration: MOVE_MS, easing: "ease-out" });
  }
}

function readTops(list: HTMLElement): Map<string, { row: HTMLElement; top: number }> {
  const rows = [...list.children].filter((child) => child instanceof HTMLElement);
  return new Map(rows.map((row) => [row.dataset["network"] ?? "", { row, top: row.offsetTop }]));
}

function makeRow({ network, place, score, reason, state }: RankedNetwork): HTMLElement {
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(score ?? 0));
  return make("li", { class: `ranked ${state.replace(" ", "-")}`, "data-network": network }, [
    make("span", { class: "place" }, [place === undefined ? "–" : String(place)]),
    make("strong", {}, [network]),
    make("span", { class: "state" }, [state === "next" ? "" : state]),
    score !== undefined && make("span", { class: "score" }, [formatScore(score)]),
    score !== undefined && bar,
    reason !== "" && make("span", { class: "reason quiet" }, [reason]),
  ]);
}

function formatScore(score: number): string {
  return String(Number(score.toPrecision(4)));
}

/** The same for who listens: what is first, and what can't be had. */
export function tellRanking(ranking: readonly RankedNetwork[]): string {
  const placed = ranking.filter(({ place }) => place !== undefined).map(({ network }) => network);
  const rejected = ranking.filter(({ state }) => state === "rejected").map(({ network }) => network);
  const parts = [
    placed.length > 0 ? `Ranking: ${placed.join(", ")}.` : "No network is in the ranking.",
    ...(rejected.length > 0 ? [`Rejected: ${rejected.join(", ")}.`] : []),
  ];
  return parts.join(" ");
}
