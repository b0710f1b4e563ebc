/**
 * Addresses outside of rows: in comments, default expressions, function bodies, checks. Names (of tables, roles, policies)
 * stay, since a name changed in one place is another name; the leak check reports addresses in them. A DEFINER that is an address goes:
 * the object then belongs to the account that restores it (MySQL manual, "Stored Object Access Control").
 */
import type { Patches } from '../bytes/patches.ts';
import { Candidates } from '../emails/at-signs.ts';
import type { Replace } from '../emails/replacement.ts';
import { encode, textOf } from '../format/codec.ts';
import { DumpError } from '../format/dump-error.ts';
import type { ReaderState } from '../format/dump-visitor.ts';
import type { Plan } from '../rules/plan/plan.ts';
import { patchEmails } from './field.ts';

const nothing = Buffer.alloc(0);
const quote = 0x27;
const dollar = 0x24;

export interface StatementOptions {
  /** Visits the literals of the dump's dialect. */
  readonly eachLiteral: ReaderState['eachLiteral'];
  readonly replace: Replace;
  /** For addresses that must stay distinct. */
  readonly replaceUnique: Replace;
  /** What is written instead of the bounds of partitions by range that hold an address. */
  readonly bounds: Plan['bounds'];
  /** Strings in CHECKs and bounds that stay. */
  readonly kept: Plan['kept'];
  /** Labels of enumerations that hold an address, as far as they were seen: whatever repeats one becomes what it becomes. */
  readonly enumerated: Set<string>;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const candidates = new Candidates();

/** Adds patches for a statement that holds no rows. @returns the number of addresses replaced */
export function patchStatement(
  bytes: Buffer,
  from: number,
  to: number,
  { eachLiteral, replace, replaceUnique, bounds, kept, enumerated }: StatementOptions,
  patches: Patches,
): number {
  candidates.begin(bytes, from, to);
  if (candidates.next(from) >= to) return 0;
  const distinct = distinctRanges(bytes, from, to, eachLiteral);
  const bounded = forValues.test(bytes.toString('latin1', from, to));
  let count = 0;
  eachLiteral(bytes, from, to, (kind, codec, start, end) => {
    if (candidates.next(start) >= end) return;
    const definer = definerAround(bytes, from, start, end);
    if (definer) {
      patches.add(definer.start, definer.end, nothing);
      count += 1;
      return;
    }
    if (kind === 'name') return;
    const range = distinct.find((one) => one.start < start && start < one.end);
    const isKept = (bounded || range !== undefined) && kept.size > 0;
    if (isKept && kept.has(textOf(bytes, start, end, codec).toString('utf8'))) return;
    const bound = bounded ? boundOf(textOf(bytes, start, end, codec).toString('utf8'), bounds) : undefined;
    if (bound !== undefined) {
      patches.add(start, end, encode(Buffer.from(bound), codec));
      count += 1;
      return;
    }
    const text = range?.labels || enumerated.size > 0 ? textOf(bytes, start, end, codec).toString('utf8') : '';
    if (range?.labels && holdsEmail.test(text)) enumerated.add(text);
    const unique = range !== undefined || repeats(text, enumerated);
    const column = {
      nesting: 0,
      maxCharacters: Number.POSITIVE_INFINITY,
      nested: undefined,
      replace: unique ? replaceUnique : replace,
    };
    for (const part of kind === 'dollar' ? bodyParts(bytes, start, end) : [{ start, end }])
      if (candidates.next(part.start) < part.end)
        count += patchEmails(bytes, part.start, part.end, codec, column, patches);
  });
  return count;
}

/** @throws DumpError for an address while other bounds are not known: none of them could be written in their order */
function boundOf(text: string, bounds: Plan['bounds']): string | undefined {
  if (bounds !== undefined || !holdsEmail.test(text)) return bounds?.get(text);
  throw new DumpError({
    what: 'partitions by range have addresses as bounds, which keep their order only where all of them are known beforehand',
    fix: 'anonymise from a file instead of a pipe, or give the definitions beforehand (schema: the output of pg_dump --schema-only)',
  });
}

const holdsEmail = /[^@\s]@[^@\s]+\./;

/** Whether a text, such as a default or the body of a function, holds one of the labels. */
function repeats(text: string, labels: ReadonlySet<string>): boolean {
  for (const label of labels) if (text.includes(label)) return true;
  return false;
}

const definerBefore = /\bdefiner\s*=\s*$/i;
const hostAfter = /^@(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|'[^']*'|[\w.%-]+)[ \t]?/;
/** Bytes in which the word and its sign stand; and a host. */
const beforeBytes = 40;
const afterBytes = 600;

/** Where the DEFINER stands whose account is quoted between `start` and `end`; undefined when that is another literal. */
function definerAround(bytes: Buffer, from: number, start: number, end: number): Range | undefined {
  const before = definerBefore.exec(bytes.toString('latin1', Math.max(from, start - beforeBytes), start - 1));
  if (before === null) return undefined;
  const host = hostAfter.exec(bytes.toString('latin1', end + 1, end + afterBytes))?.[0] ?? '';
  return { start: start - 1 - before[0].length, end: end + 1 + host.length };
}

/**
 * The parts of a body between quotes and the tags of dollar quotes: `E'john@…'` and `$b$john@…` are not local parts with such signs
 * in them. A dollar alone is part of one.
 */
function* bodyParts(bytes: Buffer, from: number, to: number): Generator<Range> {
  let start = from;
  for (let at = from; at < to; at += 1) {
    const end = bytes[at] === quote ? quotesEnd(bytes, at, from, to) : tagEnd(bytes, at, to);
    if (end === at) continue;
    if (at > start) yield { start, end: at };
    start = end;
    at = end - 1;
  }
  if (to > start) yield { start, end: to };
}

/** Letters before a quote that say what kind of literal it opens (PostgreSQL manual, 4.1.2). */
const literalKinds = /(?:^|[^\p{L}\p{N}_])(?:[ebnx]|u&)$/iu;

/** End of the quote at `at`; `at` itself when it is an apostrophe inside a name: `o'hara@…`, doubled in a literal. */
function quotesEnd(bytes: Buffer, at: number, from: number, to: number): number {
  const second = bytes[at - 1] === quote ? at - 1 : at;
  const next = bytes[at + 1] === quote ? at + 2 : at + 1;
  const isInside =
    second > from && next < to && isWordByte(bytes[second - 1] as number) && isWordByte(bytes[next] as number);
  if (!isInside) return at + 1;
  return literalKinds.test(bytes.toString('utf8', Math.max(from, second - 8), second)) ? at + 1 : at;
}

/** End of the tag of a dollar quote that begins at `at` (PostgreSQL manual, 4.1.2.4); `at` itself when there is none. */
function tagEnd(bytes: Buffer, at: number, to: number): number {
  if (bytes[at] !== dollar) return at;
  let end = at + 1;
  while (end < to && isWordByte(bytes[end] as number)) end += 1;
  return end < to && bytes[end] === dollar ? end + 1 : at;
}

function isWordByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte >= 0x80;
}

const forValues = /\b(?:for\s+values\s+from|values\s+less\s+than)\s*\(/i;

const opening = /\b(?:check|(enum|set)|values\s+in)\s*\(/i;

interface DistinctRange extends Range {
  /** Whether it lists the labels of an enumeration or a set. */
  readonly labels: boolean;
}

/**
 * Where a definition names values that must stay distinct: the parentheses after CHECK, the labels of an enumeration or of a
 * set of MySQL, the list of a partition.
 */
function distinctRanges(
  bytes: Buffer,
  from: number,
  to: number,
  eachLiteral: StatementOptions['eachLiteral'],
): readonly DistinctRange[] {
  const text = bytes.toString('latin1', from, to);
  if (!opening.test(text) || !/^\s*(create|alter)\b/im.test(text)) return [];
  // Parentheses in literals do not count.
  const code = Buffer.from(bytes.subarray(from, to));
  eachLiteral(bytes, from, to, (_kind, _codec, start, end) => {
    code.fill(0x20, start - from, end - from);
  });
  const bare = code.toString('latin1');
  return [...bare.matchAll(new RegExp(opening, 'gi'))].map((match) => ({
    start: from + match.index,
    end: from + closingParenthesis(bare, match.index + match[0].length),
    labels: match[1] !== undefined,
  }));
}

/** Position after the parenthesis that closes the one before `from`. */
function closingParenthesis(code: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < code.length && depth > 0; at += 1) {
    if (code[at] === '(') depth += 1;
    else if (code[at] === ')') depth -= 1;
  }
  return at;
}
