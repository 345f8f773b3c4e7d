import { noteFailure } from "./failure";
import { Entry, JsonReader, Kind } from "./json";

/**
 * The admin's JSON for this module. Paths are dotted: `atMost.occupancy`, `names.0`.
 * A setting of another kind than is asked for makes the whole answer an error that names it.
 */
export class Settings {
  private readonly entries: Entry[];

  constructor(json: string) {
    const reader = new JsonReader(json == "" ? "{}" : json);
    if (reader.problem != "") noteFailure(`the settings are not JSON: ${reader.problem}`);
    this.entries = reader.entries;
  }

  has(path: string): bool {
    return this.find(path) !== null;
  }

  number(path: string, otherwise: f64): f64 {
    const entry = this.of(path, Kind.Number, "a number");
    return entry !== null ? entry.number : otherwise;
  }

  text(path: string, otherwise: string): string {
    const entry = this.of(path, Kind.Text, "a text");
    return entry !== null ? entry.text : otherwise;
  }

  flag(path: string, otherwise: bool): bool {
    const entry = this.of(path, Kind.Flag, "true or false");
    return entry !== null ? entry.number != 0 : otherwise;
  }

  /** The names inside an object or list, in the admin's order; `""` asks for the outermost. */
  names(path: string): string[] {
    this.of(path, Kind.Group, "an object");
    const names: string[] = [];
    for (let i = 1; i < this.entries.length; i++) {
      if (this.entries[i].group == path) names.push(this.entries[i].name);
    }
    return names;
  }

  /** Makes the answer an error when there is a setting of another name: mostly a misspelt one. */
  allow(names: string[]): void {
    const given = this.names("");
    const known = names.length > 0 ? names.join(", ") : "none";
    for (let i = 0; i < given.length; i++) {
      if (!names.includes(given[i])) noteFailure(`unknown setting ${given[i]}; known: ${known}`);
    }
  }

  private of(path: string, kind: Kind, wanted: string): Entry | null {
    const entry = this.find(path);
    if (entry === null || entry.kind == kind) return entry;
    noteFailure(`setting ${path} must be ${wanted}`);
    return null;
  }

  private find(path: string): Entry | null {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      if (this.entries[i].path == path && this.entries[i].kind != Kind.Nothing) return this.entries[i];
    }
    return null;
  }
}
