/** The dump cannot be read, or cannot be anonymised safely. Nothing may be left of the output. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
  readonly what: string;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;
  /** Bytes of SQL before the place. */
  readonly offset: number;

  constructor(options: {
    readonly what: string;
    readonly offset: number;
    readonly likelyCause?: string;
    readonly fix?: string;
  }) {
    const text = `${options.what} (at byte ${options.offset.toLocaleString('en-US')} of the SQL)`;
    super(text);
    this.what = text;
    this.offset = options.offset;
    this.likelyCause = options.likelyCause;
    this.fix = options.fix;
  }
}
