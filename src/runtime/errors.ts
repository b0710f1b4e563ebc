/**
 * The kinds of error a reader meets, each rendered as what happened, likely cause and fix: ConfigurationError (the
 * user's), AwsError and HostError (the machinery's), BackupError (the backup's, or what keeps one from being made).
 */

interface Explained {
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
  readonly detail?: string | undefined;
}

/** Input that cannot be used, or a setting of AWS that the user must change; lists every mistake at once. */
export class ConfigurationError extends Error implements Explained {
  override readonly name = 'ConfigurationError';
  readonly what: string;
  readonly problems: readonly string[];
  readonly fix: string | undefined;

  constructor(options: { what: string; problems: readonly string[]; fix?: string }) {
    super([`${options.what}:`, ...options.problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.what = this.message;
    this.problems = options.problems;
    this.fix = options.fix;
  }
}

/**
 * `expired`: the credentials; `transient`: nobody knows whether the call arrived, or AWS failed inside; `unsupported`: the
 * server does not know the call, as happens with others than AWS.
 */
export type AwsErrorKind = 'denied' | 'throttled' | 'not-found' | 'expired' | 'transient' | 'unsupported' | 'other';

export interface AwsErrorOptions {
  readonly what: string;
  readonly operation: string;
  /** The id the call was about. */
  readonly resource: string;
  readonly requestId: string | undefined;
  /** AWS's own name of the error. */
  readonly code: string;
  readonly kind: AwsErrorKind;
  /** Whether the call may have had its effect all the same. */
  readonly outcome: 'not-done' | 'maybe-done';
  /** Milliseconds that AWS asks to wait before the same call, where it asks for more than ordinary patience. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
  readonly likelyCause?: string;
  readonly fix?: string;
}

/** A call to AWS that failed, or a command through SSM that ended other than by itself. */
export class AwsError extends Error implements Explained {
  override readonly name = 'AwsError';
  readonly what: string;
  readonly operation: string;
  readonly resource: string;
  readonly requestId: string | undefined;
  readonly code: string;
  readonly kind: AwsErrorKind;
  readonly outcome: 'not-done' | 'maybe-done';
  readonly retryAfterMs: number | undefined;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;

  constructor(options: AwsErrorOptions) {
    super(options.requestId ? `${options.what} (request ${options.requestId})` : options.what, {
      cause: options.cause,
    });
    this.what = this.message;
    this.operation = options.operation;
    this.resource = options.resource;
    this.requestId = options.requestId;
    this.code = options.code;
    this.kind = options.kind;
    this.outcome = options.outcome;
    this.retryAfterMs = options.retryAfterMs;
    this.likelyCause = options.likelyCause;
    this.fix = options.fix;
  }
}

/** Whether the server does not know a call at all, so that it never will. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof AwsError && error.kind === 'unsupported';
}

/** Whether a condition of a write did not hold, so that nothing was written. */
export function isPreconditionFailed(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'PreconditionFailed';
}

/**
 * Whether a document could not be written since it is no longer what was read: replaced (412), being written at this moment (409), or
 * deleted (404): S3 user guide, "How to prevent object overwrites with conditional writes".
 */
export function isOverwriteConflict(error: unknown): boolean {
  const codes = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
  return error instanceof AwsError && codes.includes(error.code ?? '');
}

/** A host script that answered with an error of its own. */
export class HostError extends Error implements Explained {
  override readonly name = 'HostError';
  readonly what: string;
  readonly script: string;
  readonly instanceId: string;
  readonly code: string;
  readonly detail: string;
  readonly fix: string | undefined;

  constructor(options: { script: string; instanceId: string; code: string; message: string; detail: string }) {
    super(`${options.script} on ${options.instanceId}: ${options.message} (${options.code})`);
    this.what = this.message;
    this.script = options.script;
    this.instanceId = options.instanceId;
    this.code = options.code;
    this.detail = options.detail;
    this.fix = options.code === 'lacks' ? lacksFix : undefined;
  }
}

const lacksFix =
  'install it, or use a host that has it: docs/setup.md#hosts lists the systems that are expected to work; nothing was touched';

/** Code of an error that shows a file of a backup to be damaged or cut off. */
export const fileDamaged = 'file-damaged';

/** The backup is bad, or cannot be made or proven as things are. */
export class BackupError extends Error implements Explained {
  override readonly name = 'BackupError';
  readonly what: string;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;
  readonly detail: string | undefined;
  /** Leads to a section of the run book. */
  readonly code: string | undefined;

  constructor(options: Explained & { readonly code?: string | undefined; readonly cause?: unknown }) {
    super(options.what, options.cause === undefined ? {} : { cause: options.cause });
    this.what = options.what;
    this.likelyCause = options.likelyCause;
    this.fix = options.fix;
    this.detail = options.detail;
    this.code = options.code;
  }
}

/** What a report needs of any error. */
export interface Explanation {
  readonly what: string;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;
  readonly detail: string | undefined;
  readonly code: string | undefined;
}

/**
 * What there is to say of an error, whatever threw it. Of an error that wraps others (AggregateError, `cause`) what it
 * does not say itself is taken from the wrapped ones: an error within an error keeps its code and its fix.
 */
export function explain(error: unknown): Explanation {
  const own = explainOwn(error);
  return wrapped(error).reduce<Explanation>((known, inner) => {
    const { likelyCause, fix, detail, code } = explain(inner);
    return {
      what: known.what,
      likelyCause: known.likelyCause ?? likelyCause,
      fix: known.fix ?? fix,
      detail: known.detail ?? detail,
      code: known.code ?? code,
    };
  }, own);
}

function explainOwn(error: unknown): Explanation {
  const known: Partial<Record<keyof Explanation, unknown>> = typeof error === 'object' && error !== null ? error : {};
  const text = error instanceof Error ? error.message : String(error);
  const pick = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    what: pick(known.what) ?? text,
    likelyCause: pick(known.likelyCause),
    fix: pick(known.fix),
    detail: pick(known.detail),
    code: pick(known.code),
  };
}

/** The errors inside an error that does not explain itself; the last one failed last, and describes the present state. */
function wrapped(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError) return error.errors.toReversed();
  // What our own errors do not say is left out on purpose: their cause is for the log.
  if (!(error instanceof Error) || error.cause === undefined || 'what' in error) return [];
  return [error.cause];
}

/** The error in one line, for a warning about something else: what happened, and its fix. */
export function explainInLine(error: unknown): string {
  const { what, fix } = explain(error);
  return fix === undefined ? what : `${what}; ${fix}`;
}

/** The output without its first line, where that is already told. */
function withoutTold(detail: string, what: string): string {
  const [first = '', ...rest] = detail.trim().split('\n');
  return what.endsWith(first.trim()) ? rest.join('\n') : detail;
}

/** The error as the log shows it: what happened, likely cause, fix, and the end of the output. */
export function renderError(error: unknown): string {
  const { what, likelyCause, fix, detail: output } = explain(error);
  const detail = output && withoutTold(output, what);
  return [
    what,
    ...(likelyCause ? [`Likely cause: ${likelyCause}`] : []),
    ...(fix ? [`Fix: ${fix}`] : []),
    ...(detail ? ['', detail] : []),
  ].join('\n');
}
