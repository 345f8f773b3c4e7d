import { type Shelf, planShelf } from "./shelf.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { waits } from "./waits.ts";

export interface StockOptions {
  readonly read: () => Promise<Catalogue>;
  readonly refreshMs: number;
  readonly signal: AbortSignal;
  /** Told of each try that failed; the shelf stays as it was. */
  readonly onFault: (error: unknown) => void;
  /** Called each time that the catalogue was read again. */
  readonly onRead: () => void;
}

export interface Stock {
  shelf(): Shelf;
  /** Settled when nothing is read any more. */
  readonly ended: Promise<void>;
}

/** Reads a catalogue, and again from time to time until told to stop. The first reading must do. */
export async function openStock({ read, refreshMs, signal, onFault, onRead }: StockOptions): Promise<Stock> {
  const readShelf = async () => planShelf({ ...(await read()), updatedAtMs: Date.now() });
  let shelf = await readShelf();
  const refresh = async () => {
    while (await waits(refreshMs, signal)) {
      try {
        shelf = await readShelf();
        onRead();
      } catch (error) {
        if (!signal.aborted) onFault(error);
      }
    }
  };
  return { shelf: () => shelf, ended: refresh() };
}
