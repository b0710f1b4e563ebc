/**
 * The leak check of documents: reads what was written, with a walk and a search of its own, and reports where something is that
 * should not be: collection, field and count, never a value.
 */
import type { IsAllowed } from '../../leak-check/allowed.ts';
import { SignScanner } from '../../leak-check/at-signs.ts';
import { mayLeak, noteNumbers } from '../../leak-check/check-context.ts';
import { Findings, type Leak } from '../../leak-check/findings.ts';
import { eachRemainingEmail, emailsInBytes } from '../../leak-check/remaining-emails.ts';
import { longestValue, ReplacedValues, shortestValue } from '../../leak-check/replaced-values.ts';
import { fewestDigits, findNumbers } from '../../numbers/find-numbers.ts';
import type { LeakKind } from '../../rules/file/leak-kinds.ts';
import { definitionsPart } from '../../rules/plan/plan.ts';
import { type CollectionPlan, namesPath } from '../fields/collection-plan.ts';
import type { FieldLike } from '../fields/field-tree.ts';
import { eachText, type TextKind } from './each-text.ts';

/** Bytes at the start of a collection that are searched for numbers whatever its size; after that, one batch in so many is. */
const wholeBegin = 4 * 1024 * 1024;
const sampleInterval = 8;

export interface CheckOptions {
  /** The kinds of leaks to search for. */
  readonly kinds: ReadonlySet<LeakKind>;
  /** Whether all documents are searched for numbers. */
  readonly thorough: boolean;
  /** Whether the rules allow a finding, by its text. */
  readonly isAllowed?: IsAllowed | undefined;
}

interface Seen {
  bytes: number;
  batches: number;
}

export class DocumentCheck {
  readonly #kinds: ReadonlySet<LeakKind>;
  readonly #numbers: boolean;
  readonly #thorough: boolean;
  readonly #isAllowed: IsAllowed;
  readonly #scanner = new SignScanner();
  readonly #findings = new Findings();
  readonly #notes: Parameters<typeof noteNumbers>[0];
  readonly #values = new ReplacedValues();
  readonly #seen = new Map<string, Seen>();
  /** At signs of addresses in the batch, in ascending order, and the addresses. */
  readonly #signs: number[] = [];
  readonly #emails: string[] = [];

  constructor({ kinds, thorough, isAllowed = () => false }: CheckOptions) {
    this.#isAllowed = isAllowed;
    this.#kinds = kinds;
    this.#numbers = kinds.has('phones') || kinds.has('ibans') || kinds.has('cards');
    this.#thorough = thorough;
    this.#notes = { kinds, isAllowed, findings: this.#findings };
  }

  /** Notes a value that was replaced: its text as it was. */
  noteReplaced(text: Buffer, from: number, to: number): void {
    this.#values.noteReplaced(text, from, to);
  }

  /** Searches whole documents of a collection. @param root where a walk through one begins */
  documents(plan: CollectionPlan, root: FieldLike, bytes: Buffer, from: number, to: number): void {
    this.#signs.length = 0;
    this.#emails.length = 0;
    if (this.#kinds.has('emails'))
      eachRemainingEmail(this.#scanner, bytes, from, to, (at, email) => {
        this.#signs.push(at);
        this.#emails.push(email);
      });
    const numbers = this.#isDue(plan.name, to - from);
    const compares = this.#kinds.has('replaced-values');
    // Bytes of numbers and of ids may look like an address: only texts count.
    if (this.#signs.length === 0 && !numbers && !compares) return;
    let next = 0;
    eachText(root, bytes, from, to, (field, kind, start, end) => {
      while (next < this.#signs.length && (this.#signs[next] as number) < start) next += 1;
      for (; next < this.#signs.length && (this.#signs[next] as number) < end; next += 1)
        if (kind !== 'binary' || isAddressIn(bytes, start, end))
          this.#email(plan, field, kind, this.#emails[next] as string);
      if (kind !== 'text') return;
      if (numbers && end - start >= fewestDigits && mayLeak(field.plan))
        findNumbers(bytes, start, end, noteNumbers(this.#notes, plan.name, field.path, bytes, start));
      if (
        compares &&
        typeof field.plan.treatment === 'string' &&
        end - start >= shortestValue &&
        end - start <= longestValue
      )
        this.#values.noteStanding(bytes, start, end, this.#values.placeOf(plan.name, field.path));
    });
  }

  /** Searches a text that is in no document: metadata, or the name of a collection. @param place for people, which may hold it, too */
  text(text: string, place: string): void {
    const bytes = Buffer.from(text);
    if (this.#kinds.has('emails'))
      eachRemainingEmail(this.#scanner, bytes, 0, bytes.length, (_at, email) => {
        if (!this.#isAllowed('emails', definitionsPart, undefined, () => email))
          this.#findings.addOutside('emails', definitionsPart, place);
      });
  }

  #email(plan: CollectionPlan, field: FieldLike, kind: TextKind, email: string): void {
    const path = kind === 'name' ? namesPath : field.path;
    if (kind !== 'name' && !mayLeak(field.plan)) return;
    if (!this.#isAllowed('emails', plan.name, path, () => email)) this.#findings.add('emails', plan.name, path);
  }

  #isDue(collection: string, length: number): boolean {
    const seen = this.#seen.get(collection) ?? { bytes: 0, batches: 0 };
    this.#seen.set(collection, seen);
    seen.bytes += length;
    seen.batches += 1;
    return this.#numbers && (this.#thorough || seen.bytes <= wholeBegin || seen.batches % sampleInterval === 0);
  }

  /** All findings, the most frequent first. */
  leaks(): readonly Leak[] {
    const replaced = [...this.#values.repeated()].map((repeated): Leak => ({ kind: 'replaced-values', ...repeated }));
    return [...this.#findings.list(), ...replaced].toSorted((one, other) => other.count - one.count);
  }

  /** Whether all replaced values were compared, and not a sample of them. */
  get comparedAll(): boolean {
    return this.#values.comparedAll;
  }
}

const encrypted = 0x06;

/** Whether an address is in binary data at all: in pictures and encrypted data, chance looks like one. */
function isAddressIn(bytes: Buffer, start: number, end: number): boolean {
  return bytes[start - 1] !== encrypted && emailsInBytes(bytes.subarray(start, end)).length > 0;
}
