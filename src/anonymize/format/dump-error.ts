/** The dump cannot be read, or cannot be anonymised safely. Nothing may be left of the output. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
  readonly what: string;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;
  /** Bytes of SQL before the place; undefined when the error is about the file as a whole. */
  readonly offset: number | undefined;

  constructor(options: {
    readonly what: string;
    readonly offset?: number | undefined;
    readonly likelyCause?: string | undefined;
    readonly fix?: string | undefined;
  }) {
    const { what, offset } = options;
    const text = offset === undefined ? what : `${what} (at byte ${offset.toLocaleString('en-US')} of the SQL)`;
    super(text);
    this.what = text;
    this.offset = offset;
    this.likelyCause = options.likelyCause;
    this.fix = options.fix;
  }
}
