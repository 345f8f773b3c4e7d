/** A text and where it stands, for messages; or the file that holds it. */
export type Source = { readonly text: string; readonly from: string } | { readonly file: string };

export function toPlace(source: Source): string {
  return "file" in source ? source.file : source.from;
}

export async function readSource(
  source: Source,
  readFile: (file: string) => Promise<string>,
): Promise<string> {
  return "text" in source ? source.text : await readFile(source.file);
}
