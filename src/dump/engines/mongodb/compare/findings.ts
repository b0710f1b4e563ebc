/** What a comparison found. */
import type { Comparison, Difference, DumpFingerprint, UnreadFact } from '../../../../domain/dump.ts';
import { restOfFingerprint } from '../../../proof/incomplete.ts';

/** Why something that differs may say nothing against the dump. */
interface Doubt {
  readonly why: string;
  readonly advice: NonNullable<Comparison['advice']>;
}

const writtenMeanwhile: Doubt = {
  why: 'both readings of the source found it otherwise than the dump, as after a change that was taken back while the dump was made',
  advice: { likelyCause: 'the source was written to while it was dumped', fix: 'dump again at a quieter time' },
};

const storedOtherwise: Doubt = {
  why: 'the source was written to while it was dumped, and a dump stores measurements of a time series otherwise than a query gives them, so that nobody can say what it holds',
  advice: writtenMeanwhile.advice,
};

const expiredInCopy: Doubt = {
  why: 'the scratch server deletes expired documents of this collection by itself',
  advice: {
    likelyCause:
      'the collection has a TTL index, and the scratch server cannot be kept from deleting what has expired (parameter ttlMonitorEnabled)',
    fix: 'give the user in scratch-url the role hostManager, or use a service container such as mongo:8 without users',
  },
};

export class Findings implements Comparison {
  compared = 0;
  readonly differences: Difference[] = [];
  readonly unread: UnreadFact[] = [];
  readonly notes: string[] = [];
  advice: Comparison['advice'];
  readonly #lacking: ReadonlySet<string>;
  readonly #expiring: ReadonlySet<string>;

  constructor(source: DumpFingerprint, copy: DumpFingerprint) {
    this.unread.push(...(source.unread ?? []));
    for (const { what, why } of copy.unread ?? []) this.unread.push({ what: `${what}, in the copy`, why });
    this.#expiring = new Set(copy.expiring);
    this.#lacking = new Set([...(source.unread ?? []), ...(copy.unread ?? [])].map(({ what }) => what));
  }

  /** @returns whether both are equal */
  check(what: string, expected: string | undefined, found: string | undefined): boolean {
    if (this.isUnread(what)) return false;
    // Where the reading of the source broke off, it may have had what it does not list.
    if (expected === undefined && this.isUnread(restOfFingerprint)) return false;
    this.compared += 1;
    if (expected === found) return true;
    this.differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing' });
    return false;
  }

  /** @returns `fewer` where documents may have expired in the copy */
  checkRows(name: string, expected: string, found: string | undefined): 'same' | 'fewer' | 'other' {
    if (!this.mayLack(name, Number(expected), Number(found)))
      return this.check(`rows of ${name}`, expected, found) ? 'same' : 'other';
    this.expired(`rows of ${name}`, expected, found ?? 'nothing');
    return 'fewer';
  }

  mayExpire(name: string): boolean {
    return this.#expiring.has(name);
  }

  /** Whether a copy may have that many fewer documents, since its server deleted them. */
  mayLack(name: string, expected: number, found: number): boolean {
    return this.mayExpire(name) && found < expected;
  }

  expired(what: string, expected: string, found: string): void {
    this.#doubt(expiredInCopy, what, expected, found);
  }

  /** Of a collection whose documents in the dump cannot be summed. */
  unsure(what: string, expected: string, found: string): void {
    this.#doubt(storedOtherwise, what, expected, found);
  }

  doubt(what: string, expected: string, found: string): void {
    this.#doubt(writtenMeanwhile, what, expected, found);
  }

  #doubt({ why, advice }: Doubt, what: string, expected: string, found: string): void {
    this.compared += 1;
    this.advice ??= advice;
    this.differences.push({ what, expected, found, doubt: why });
  }

  isUnread(what: string): boolean {
    return this.#lacking.has(what);
  }
}
