import type { SettingsSchema } from "../../../core/metadata/settings-schema.ts";
import { html, type Html, type HtmlPart } from "../html.ts";
import { scrollable } from "./scrollable.ts";

interface Row {
  readonly name: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

const MOST_ROWS = 100;
const MOST_CHARACTERS = 200;

/** A module's settings, a row each; those of nested objects are named `outer.inner`. */
export function settingsTable(schema: SettingsSchema): Html | undefined {
  const rows = listRows(schema, "");
  if (rows.length === 0) return undefined;
  const more = rows.length - MOST_ROWS;
  return scrollable(
    "Settings",
    html`<table>
        <thead>
          <tr>
            <th scope="col">setting</th>
            <th scope="col">type</th>
            <th scope="col">default</th>
            <th scope="col">meaning</th>
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MOST_ROWS).map(toRow)}
        </tbody>
      </table>
      ${more > 0 && html`<p>and ${more} more</p>`}`,
  );
}

function toRow({ name, type, fallback, meaning }: Row): Html {
  return html`<tr>
    <th scope="row"><code>${name}</code></th>
    <td>${type}</td>
    <td>${fallback !== "" && html`<code>${fallback}</code>`}</td>
    <td>${withCode(meaning)}</td>
  </tr>`;
}

/** What stands between backticks is code, as authors write it. */
function withCode(text: string): readonly HtmlPart[] {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`));
}

function listRows({ properties = {}, required = [] }: SettingsSchema, prefix: string): readonly Row[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const row: Row = {
      name,
      type: toType(schema),
      fallback: schema.default === undefined ? "" : toText(schema.default),
      meaning: [required.includes(key) ? "Required." : "", schema.title ?? "", schema.description ?? ""]
        .filter(Boolean)
        .join(" "),
    };
    return [row, ...listRows(schema, `${name}.`)];
  });
}

function toType({ type, enum: members, const: only, items, ...bounds }: SettingsSchema): string {
  if (members !== undefined) return members.map(toText).join(" | ").slice(0, MOST_CHARACTERS);
  if (only !== undefined) return toText(only);
  if (items !== undefined) return `list of ${toType(items)}`;
  const range = toRange(bounds);
  return `${type ?? "any"}${range === "" ? "" : `, ${range}`}`;
}

function toRange({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SettingsSchema): string {
  const parts: readonly (readonly [sign: string, bound: number | undefined])[] = [
    ["≥", minimum],
    [">", exclusiveMinimum],
    ["≤", maximum],
    ["<", exclusiveMaximum],
  ];
  return parts.flatMap(([sign, bound]) => (bound === undefined ? [] : `${sign} ${bound}`)).join(", ");
}

function toText(value: unknown): string {
  return JSON.stringify(value).slice(0, MOST_CHARACTERS);
}
