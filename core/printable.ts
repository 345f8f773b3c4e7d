import { stripVTControlCharacters } from "node:util";

/** Control characters, the invisible ones that turn or join text, and what else ends a line. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from anywhere as one line that can't steer the terminal. */
export function toLine(text: string): string {
  return stripVTControlCharacters(text).replace(STEERING, " ");
}

/** JSON with the same value, in which nothing steers the terminal: JSON.stringify escapes fewer characters. */
export function toJson(document: unknown): string {
  return JSON.stringify(document).replace(STEERING, escape);
}

function escape(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
