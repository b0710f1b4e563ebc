/** Collects what a comparison of two fingerprints comes to. */
import type { Comparison, Difference, DumpFingerprint, UnreadFact } from '../../../../domain/dump.ts';

export class Findings implements Comparison {
  readonly differences: Difference[] = [];
  readonly unread: UnreadFact[] = [];
  readonly notes: string[] = [];
  compared = 0;
  readonly #lacking: ReadonlySet<string>;

  constructor(source: DumpFingerprint, copy: DumpFingerprint) {
    this.unread.push(...(source.unread ?? []));
    for (const { what, why } of copy.unread ?? []) this.unread.push({ what: `${what}, in the copy`, why });
    this.#lacking = new Set([...(source.unread ?? []), ...(copy.unread ?? [])].map(({ what }) => what));
  }

  /** Compares one figure; one that could not be read is no difference. @returns whether both are known and equal */
  check(what: string, expected: string | undefined, found: string | undefined): boolean {
    if (this.isUnread(what)) return false;
    this.compared += 1;
    if (expected === found) return true;
    this.differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing' });
    return false;
  }

  differ(difference: Difference): void {
    this.compared += 1;
    this.differences.push(difference);
  }

  isUnread(what: string): boolean {
    return this.#lacking.has(what);
  }
}
