/** As much of node's Buffer as code that is shared with the guest process asks for. */

const encoder = new TextEncoder();
const decoders = {
  utf8: new TextDecoder("utf-8", { ignoreBOM: true }),
  utf16le: new TextDecoder("utf-16le", { ignoreBOM: true }),
};

class Bytes extends Uint8Array<ArrayBuffer> {
  override toString(encoding: keyof typeof decoders = "utf8", start = 0, end = this.length): string {
    return decoders[encoding].decode(
      new Uint8Array(this.buffer, this.byteOffset, this.length).subarray(start, end),
    );
  }
}

export const Buffer = {
  from(source: string | ArrayBuffer | ArrayLike<number>, offset?: number, length?: number): Bytes {
    if (typeof source === "string") return new Bytes(encoder.encode(source).buffer);
    if (source instanceof ArrayBuffer) return new Bytes(source, offset, length);
    return Buffer.concat([Uint8Array.from(source)]);
  },

  byteLength: (text: string): number => encoder.encode(text).length,

  concat(parts: readonly Uint8Array[]): Bytes {
    const sizeBytes = parts.reduce((sum, { length }) => sum + length, 0);
    const whole = new Bytes(new ArrayBuffer(sizeBytes));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  },

  compare(one: Uint8Array, other: Uint8Array): number {
    const at = one.findIndex((byte, index) => byte !== other[index]);
    return at === -1 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? -1);
  },
};
