/** Longer than any line that genie writes. */
const MAX_LINE_BYTES = 4 * 2 ** 20;
const NEWLINE = 10;

/** The lines of a stream; undefined in place of one that is too long. The last one needs no end. */
export async function* readLines(input: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (): string | undefined => {
    const line = heldBytes > MAX_LINE_BYTES ? undefined : Buffer.concat(held).toString("utf8");
    [held, heldBytes] = [[], 0];
    return line;
  };
  const hold = (bytes: Buffer): void => {
    heldBytes += bytes.length;
    if (heldBytes <= MAX_LINE_BYTES) held.push(bytes);
    else held = [];
  };
  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    hold(chunk.subarray(from));
  }
  if (heldBytes > 0) yield take();
}
