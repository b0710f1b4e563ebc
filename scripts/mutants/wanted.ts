/** What was asked of the mutants, and how an outcome is told. */
import { isRight, type Kind, type Outcome } from '../../lab/mutants/changes.ts';

export interface Wanted {
  /** The changes whose description contains one of these; all when there are none. */
  readonly words: readonly string[];
  /** Whether the page is written. */
  readonly write: boolean;
  /** Instead: so many faithful copies. */
  readonly clean: number | undefined;
}

type Told = Outcome<{ readonly kind: Kind; readonly what: string }>;

export const areChosen =
  (words: readonly string[]) =>
  ({ what }: { readonly what: string }): boolean =>
    words.length === 0 || words.some((word) => what.includes(word));

export function tellOutcome(outcome: Told): void {
  const { kind, what } = outcome.change;
  const word = isRight(outcome) ? 'right' : 'WRONG';
  console.log(`${word}  ${kind}: ${what}: ${outcome.noticed?.slice(0, 200) ?? 'good'}`);
}

/** @returns whether all of them are right */
export function tellWrong(outcomes: readonly Told[]): boolean {
  const wrong = outcomes.filter((one) => !isRight(one));
  console.log(
    `${outcomes.length} changes, ${wrong.length} wrong${wrong.map(({ change }) => `\n  ${change.what}`).join('')}`,
  );
  return wrong.length === 0;
}
