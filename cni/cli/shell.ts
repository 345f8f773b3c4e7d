import type { Command } from "commander";
import type { ClientOptions } from "../../registry/client/client.ts";
import type { TransferMeter } from "../../registry/client/meter.ts";

/** What a verb may do with the terminal, and how it learns that it should stop. No text steers the terminal. */
export interface Shell {
  /** One line on stdout. */
  print(line: string): void;
  /** The line above a table on stdout. */
  printHeading(line: string): void;
  /** One line on stdout: what is to go in red, what is to come in green, where a person watches. */
  printChange(change: Change): void;
  /** One JSON document on stdout. */
  printJson(document: unknown): void;
  /** One line on stderr that doesn't change the exit code. */
  warn(message: string): void;
  /** One line on stderr as another program said it. */
  quote(line: string): void;
  /** What goes on, where someone watches; gone when the verb ends. */
  progress(text: string): void;
  /** How registries are spoken to, as the options of every verb say. */
  clientOptions(): Promise<ClientOptions>;
  /** Shows how far transfers are, beside what goes on; undefined where nobody watches. */
  readonly meter: TransferMeter | undefined;
  readonly signal: AbortSignal;
}

export interface Change {
  readonly place: string;
  /** Undefined where nothing was. */
  readonly old: string | undefined;
  readonly now: string;
}

/** A verb: one file beside this one, one line in main.ts. */
export type MakeCommand = (shell: Shell) => Command;
