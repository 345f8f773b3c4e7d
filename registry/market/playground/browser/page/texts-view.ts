import { make } from "./dom.ts";

type Texts = Readonly<Record<string, string>>;

/** Keys and values, a line each. */
export function makeTexts(
  { label, value }: { readonly label: string; readonly value: Texts },
  onChange: (value: Record<string, string>) => void,
): HTMLElement {
  const area = make("textarea", { rows: 3, spellcheck: "false", placeholder: "key=value" });
  area.value = Object.entries(value)
    .map(([key, text]) => `${key}=${text}`)
    .join("\n");
  area.addEventListener("input", () => onChange(parseTexts(area.value)));
  return make("label", { class: "field" }, [make("span", {}, [label]), area]);
}

/** A line without `=` is a key whose value is empty. */
function parseTexts(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [key = "", ...value] = line.split("=");
      return [key.trim(), value.join("=")];
    }),
  );
}
