import { applyEdits, type JSONPath, modify } from "jsonc-parser";

/** Puts another text in the place of one that is there; every other byte stays. */
export function replaceText(json: string, at: JSONPath, value: string): string {
  return applyEdits(json, modify(json, at, value, {}));
}

/**
 * Adds a member or an element after the last one of its container, on lines of its own where the container has
 * lines. jsonc-parser's own formatting isn't used: it also lays out the neighbour anew.
 */
export function addValue(json: string, at: JSONPath, value: object): string {
  const edits = modify(json, at, value, { isArrayInsertion: typeof at.at(-1) === "number" });
  return applyEdits(
    json,
    edits.map((edit) => ({ ...edit, content: layOut(edit.content, json, edit.offset) })),
  );
}

/** `content` is a comma and what follows it, without any space; without a comma the container was empty. */
function layOut(content: string, json: string, offset: number): string {
  const lineStart = json.lastIndexOf("\n", offset - 1) + 1;
  if (!content.startsWith(",") || lineStart === 0) return content;
  const indent = /^[ \t]*/.exec(json.slice(lineStart))?.[0] ?? "";
  const unit = /^[ \t]+/m.exec(json)?.[0] ?? "  ";
  const eol = json.includes("\r\n") ? "\r\n" : "\n";
  const added = content.slice(1);
  const [open, close] = added.startsWith('"') ? ["{", "}"] : ["[", "]"];
  const lines = JSON.stringify(JSON.parse(`${open}${added}${close}`), null, unit)
    .split("\n")
    .slice(1, -1);
  return `,${lines.map((line) => `${eol}${indent}${line.slice(unit.length)}`).join("")}`;
}
