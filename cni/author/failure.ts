/** The author can mend this: what is wrong, and what to do. A bug stays a plain Error. */
export class BuildFailure extends Error {
  override readonly name = "BuildFailure";
  readonly todo: string;
  /** What the compiler said, a line each: `file:line:column: message`. */
  readonly report: readonly string[];

  constructor(message: string, more: { todo: string; report?: readonly string[]; cause?: unknown }) {
    super(message, { cause: more.cause });
    this.todo = more.todo;
    this.report = more.report ?? [];
  }
}
