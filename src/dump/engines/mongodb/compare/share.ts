import { formatCount } from '../../../../runtime/format.ts';
import type { Findings } from './findings.ts';

/** Below this share of documents that stood still, a comparison proves too little. */
const leastShare = 0.9;
/** Names that a note gives as examples. */
const maxNames = 5;

/** How many of the documents were compared. */
export class Share {
  #all = 0;
  #compared = 0;
  readonly #moved: string[] = [];

  add(name: string, all: number, compared: number): void {
    this.#all += all;
    this.#compared += compared;
    if (compared < all) this.#moved.push(name);
  }

  moved(name: string): void {
    this.#moved.push(name);
  }

  tell(findings: Findings): void {
    if (this.#moved.length === 0) return;
    const share = this.#all === 0 ? 1 : this.#compared / this.#all;
    const percent = `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
    const where = named(this.#moved);
    findings.notes.push(
      `the source moved while it was dumped, so ${formatCount(this.#all - this.#compared)} of ${formatCount(this.#all)} documents were not compared (${where}); ${percent} were`,
    );
    if (share < leastShare)
      findings.unread.push({
        what: `documents that moved during the dump, of ${where}`,
        why: `only ${percent} of the documents stood still between the two readings; dump at a quieter time`,
      });
  }
}

export function named(names: readonly string[]): string {
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : '';
  return `${names.slice(0, maxNames).join(', ')}${more}`;
}
