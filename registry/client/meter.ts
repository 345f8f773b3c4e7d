/** Told of the bodies that go over the wire, by who shows it to a person. */
export interface TransferMeter {
  /** A blob of so many bytes is about to be fetched or sent; disposing what is given back ends it. */
  begin(totalBytes: number): Disposable;
  /** So many bytes came or went. */
  moved(bytes: number): void;
}
