/** The verdict on one restored file, from everything that was seen of it. Pure. */
import { DumpError } from '../../anonymize/format/dump-error.ts';
import type { Comparison, Difference, ProofRow, UnreadFact } from '../../domain/dump.ts';
import type { Refusal } from '../../ports/dump-engine.ts';
import { explain, fileDamaged } from '../../runtime/errors.ts';
import { formatCount, plural } from '../../runtime/format.ts';

/** What a proof saw. */
export interface Observation {
  /** Hexadecimal SHA-256 of the file in the bucket; an error when it could not be read to its end. */
  readonly digest: string | { readonly error: unknown };
  readonly expectedDigest: string;
  /** What ended the restore early. */
  readonly ended?: { readonly error: unknown } | undefined;
  readonly refusals: readonly Refusal[];
  /** Undefined when nothing was compared; an error when the copy could not be read. */
  readonly comparison?: Comparison | { readonly error: unknown } | undefined;
  /** Facts that could not be read, of the source or of the copy. */
  readonly unread: readonly UnreadFact[];
  /** Whether the refusals explain a difference. */
  readonly explained: (difference: Difference) => boolean;
}

export type Judgement = Pick<ProofRow, 'verdict' | 'compared' | 'findings' | 'likelyCause' | 'fix' | 'refused'>;

/** Findings kept for one file. */
const maxFindings = 20;
/** Refusals told of one file: there may be thousands, and what was compared all the same must be told, too. */
const maxReasons = 10;

/** Only these show that a file cannot be read: it does not end, or its bytes are no longer those that were written. */
function isDamage(error: unknown): boolean {
  // zlib's codes begin with Z_: the compressed bytes are damaged or incomplete.
  return error instanceof DumpError || /^Z_/.test(explain(error).code ?? '') || explain(error).code === fileDamaged;
}

const damageAdvice = {
  likelyCause: 'the file was damaged in the bucket or on its way, or is not the one that this dump wrote',
  fix: 'run again; the last good dump is still kept. Examine disk and memory of the machine that dumps when it happens again',
} as const;

const contentAdvice = {
  likelyCause: 'the file does not hold what the database held when it was dumped',
  fix: 'read the findings, then run again; the last good dump is still kept',
} as const;

/**
 * `bad` needs content that differs, or a file that cannot be read; whatever else was in the way leaves the file unproven.
 * Only a file of which everything was restored, read and found the same is good.
 */
export function judge(seen: Observation): Judgement {
  const judgement = damage(seen) ?? interruption(seen) ?? comparisonOf(seen);
  return { ...judgement, findings: bounded(judgement.findings) };
}

/** The file is not the one that was written, or cannot be read. */
function damage({ digest, expectedDigest, ended, refusals }: Observation): Judgement | undefined {
  const words = [
    ...(ended ? [explain(ended.error).what] : []),
    ...refusals.slice(0, 3).map((one) => `the server refused ${describe(one)}`),
  ];
  const refused = refusals.length;
  if (typeof digest === 'string' && digest !== expectedDigest) {
    const finding = `SHA-256 of the file in the bucket is ${digest}, expected ${expectedDigest}`;
    return { verdict: 'bad', compared: 0, findings: [finding, ...words], ...damageAdvice, refused };
  }
  if (ended === undefined || !isDamage(ended.error)) return undefined;
  return { verdict: 'bad', compared: 0, findings: words, ...damageAdvice, refused };
}

/** Something other than the file ended the restore, or kept the file or its copy from being read. */
function interruption({ digest, ended, refusals, comparison }: Observation): Judgement | undefined {
  const last = refusals.at(-1);
  if (ended === undefined && last?.ended) {
    const findings = [...reasons(refusals), `the restore ended there, since ${last.ended}`];
    return { ...unproven(findings, last), refused: refusals.length };
  }
  const error =
    ended?.error ??
    (typeof digest === 'string' ? undefined : digest.error) ??
    (comparison && 'error' in comparison ? comparison.error : undefined);
  if (error === undefined) return undefined;
  const { what, likelyCause, fix } = explain(error);
  const [first] = refusals;
  // What the server refused came before, and may be why.
  if (first) return { ...unproven([...reasons(refusals), what], first), refused: refusals.length };
  return unproven([what], { likelyCause, fix });
}

function unproven(
  findings: readonly string[],
  { likelyCause, fix }: Pick<Judgement, 'likelyCause' | 'fix'>,
): Judgement {
  return { verdict: 'unproven', compared: 0, findings, likelyCause, fix };
}

/** Everything was restored that the server took, and the copy was read. */
function comparisonOf({ refusals, comparison, unread, explained }: Observation): Judgement {
  if (comparison === undefined || 'error' in comparison) return unproven(['nothing was compared'], {});
  const { compared, differences, advice = unreadAdvice } = comparison;
  const wrong = differences.filter((one) => !explained(one) && one.doubt === undefined);
  const doubtful = differences.filter((one) => !explained(one) && one.doubt !== undefined);
  const left = differences.filter((one) => explained(one));
  const same = `${formatCount(compared - differences.length)} of ${plural(compared, 'figure')} are the same`;
  const refused = refusals.length;
  const missing = left.map((one) => `not restored, since it was refused: ${show(one)}`);
  const unreadable = unread.map(({ what, why }) => `${what} could not be read: ${why}`);
  const doubts = doubtful.map((one) => `${show(one)} (${one.doubt})`);
  const others = [...reasons(refusals), ...(refused > 0 ? [same] : []), ...unreadable, ...doubts, ...missing];
  if (wrong.length > 0)
    return { verdict: 'bad', compared, findings: [...wrong.map(show), ...others], ...contentAdvice, refused };
  const [first] = refusals;
  if (first) {
    const { likelyCause, fix } = first;
    return { verdict: 'unproven', compared, findings: others, likelyCause, fix, refused };
  }
  if (doubts.length > 0) return { verdict: 'unproven', compared, findings: [...others, same], ...advice };
  if (unread.length > 0) return { verdict: 'unproven', compared, findings: [...unreadable, same], ...unreadAdvice };
  return { verdict: 'good', compared, findings: [] };
}

const unreadAdvice = {
  likelyCause:
    'the server refused a question for the fingerprint, so a part of the copy has nothing to be compared with',
  fix: 'read the message; everything else was compared, and the dump is kept',
} as const;

function show({ what, expected, found }: Difference): string {
  return `${what}: expected ${expected}, found ${found}`;
}

/** `INDEX public.person_name: function unaccent(text) does not exist (SQLSTATE 42883)`. */
function describe({ object, message, code }: Refusal): string {
  return `${object ?? 'a statement'}: ${message}${code === undefined ? '' : ` (SQLSTATE ${code})`}`;
}

/** Why the server said no, in its own words, and how often. */
function reasons(refusals: readonly Refusal[]): readonly string[] {
  const shown = refusals.slice(0, maxReasons).map((one) => `the server refused ${describe(one)}`);
  const more = refusals.length - shown.length;
  return more > 0 ? [...shown, `${plural(more, 'more statement was', 'more statements were')} refused`] : shown;
}

/** The first findings, and how many more there are. */
function bounded(findings: readonly string[]): readonly string[] {
  if (findings.length <= maxFindings) return findings;
  return [...findings.slice(0, maxFindings - 1), `${formatCount(findings.length - maxFindings + 1)} more findings`];
}
