/** What was asked of the mutants, and how an outcome is told. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRight, type Kind, type Outcome } from '../../lab/mutants/changes.ts';
import { root } from '../lib/actions.ts';

export interface Wanted {
  /** The changes whose description contains one of these; all when there are none. */
  readonly words: readonly string[];
  /** Whether the page is written. */
  readonly write: boolean;
  /** Instead: so many faithful copies. */
  readonly clean: number | undefined;
}

interface Named {
  readonly kind: Kind;
  readonly what: string;
}

type Told = Outcome<Named>;

/** Changes that are tried one after the other on servers of their own. */
export interface Suite<Change extends Named> {
  readonly changes: readonly Change[];
  readonly begin: () => Promise<{
    outcomesOf(
      changes: readonly Change[],
      tell: (outcome: Outcome<Change>) => void,
    ): Promise<readonly Outcome<Change>[]>;
    stop(): Promise<void>;
  }>;
  readonly page: (outcomes: readonly Outcome<Change>[]) => string;
  /** Name of the page in docs/. */
  readonly file: string;
}

/** Prints each outcome, and writes the page when all changes were tried. @returns whether all of them are right */
export async function trySuite<Change extends Named>(
  { words, write }: Wanted,
  { changes, begin, page, file }: Suite<Change>,
): Promise<boolean> {
  const trial = await begin();
  let outcomes: readonly Outcome<Change>[];
  try {
    outcomes = await trial.outcomesOf(changes.filter(areChosen(words)), tellOutcome);
  } finally {
    await trial.stop();
  }
  if (write && words.length === 0) writeFileSync(join(root, 'docs', file), page(outcomes));
  return tellWrong(outcomes);
}

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
