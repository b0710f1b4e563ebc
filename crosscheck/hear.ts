/** Asks one witness, and says what it said. */
import { inspect } from 'node:util';
import { ToolMissing } from '../scripts/lib/tools.ts';
import { readDifferences } from './differences.ts';
import { type Difference, lineOf, Points, type Tally } from './points.ts';
import type { Witness } from './witness.ts';

export interface Testimony {
  readonly witness: Witness;
  readonly installed: string;
  readonly tally: Tally;
  /** What both said where they differ as known. */
  readonly named: readonly Difference[];
  readonly seconds: number;
  /** How many points were compared when it was recorded last; 0: not known, or not to be held against it. */
  readonly recorded: number;
  /** Why it could not be asked at all. */
  readonly absent?: string;
  /** The error that ended it. */
  readonly failure?: string;
}

/**
 * @param accept whether points that are known to differ may do so in any way, since the list of what both say there is written anew
 * @param recorded see Testimony
 */
export async function hear(witness: Witness, accept = false, recorded = 0): Promise<Testimony> {
  const started = performance.now();
  const points = new Points(witness.known, accept ? undefined : readDifferences(witness.name));
  const said = (installed: string, rest: Partial<Testimony>): Testimony => ({
    witness,
    installed,
    recorded,
    seconds: (performance.now() - started) / 1000,
    named: points.named(),
    tally: points.tally(rest.absent === undefined && rest.failure === undefined),
    ...rest,
  });
  let installed = witness.name;
  try {
    installed = await witness.install();
    await witness.run(points);
    return said(installed, {});
  } catch (error) {
    if (error instanceof ToolMissing) return said(installed, { absent: error.message });
    return said(installed, { failure: (error as Error).stack ?? String(error) });
  }
}

/** Of the points that were recorded, how much must be compared again: workflows, pages and servers come and go, whole parts do not. */
const leastShare = 0.95;

/**
 * How many points there should have been at least, if there were fewer: a witness that compares almost nothing agrees, too. A part that was
 * left out is told on its own; the exchanges of the suites have a floor of their own (api-models/floor.ts).
 */
export function fewerThan(testimony: Testimony): number | undefined {
  const { tally, recorded, witness } = testimony;
  if (witness.counts === 'vary' || !isWhole(testimony)) return undefined;
  const least = Math.ceil(recorded * leastShare);
  return compared(tally) < least ? least : undefined;
}

/** How many points were compared, whatever came of it. */
function compared({ agreed, known, unexplained }: Tally): number {
  return agreed + [...known.values()].reduce((sum, count) => sum + count, unexplained.length);
}

/** Whether it contradicts us, compares far less than it did, or has failed; in CI (`strict`), also whether anything of it was not asked that CI can ask. */
export function isWrong(testimony: Testimony, strict: boolean): boolean {
  const { witness, tally, absent, failure } = testimony;
  const contradicts =
    failure !== undefined ||
    fewerThan(testimony) !== undefined ||
    tally.unexplained.length + tally.gone.length + tally.goneValues.length > 0;
  const unasked = absent !== undefined || tally.missing.length > tally.nowhere;
  return contradicts || (strict && unasked && witness.optional !== true);
}

/** Whether everything was compared. */
export function isWhole({ tally, absent, failure }: Testimony): boolean {
  return absent === undefined && failure === undefined && tally.missing.length === 0;
}

/** What was heard, in lines for the terminal. The first says the result. */
export function linesOf(testimony: Testimony, strict: boolean): string[] {
  const { witness, installed, tally, seconds, absent, failure, recorded } = testimony;
  const least = fewerThan(testimony);
  const known = [...tally.known.values()].reduce((sum, count) => sum + count, 0);
  const counts = `${tally.agreed} points agree${known > 0 ? `, ${known} differ as known` : ''}`;
  const mark = isWrong(testimony, strict) ? '✗' : absent === undefined ? '✓' : '-';
  return [
    `${mark} ${witness.name}: ${installed}: ${absent === undefined ? counts : `not asked, since ${absent}`} (${seconds.toFixed(1)} s)`,
    `    ${witness.compares}`,
    ...[...tally.known].map(
      ([{ why, right, source }, count]) => `    known (${count}): ${why} Right: ${right}. ${source}`,
    ),
    ...(least === undefined
      ? []
      : [
          `    compares too little: ${compared(tally)} points, where ${recorded} were recorded; ${least} are the least`,
        ]),
    ...tally.missing.map((why) => `    not compared: ${why}`),
    ...tally.unexplained.flatMap(({ point, ours, theirs, listed = [] }) => [
      `    differs: ${point}`,
      `        here: ${shown(ours)}`,
      `        there: ${shown(theirs)}`,
      ...listed.map((one) => `        listed: here ${shown(one.ours)}, there ${shown(one.theirs)}`),
    ]),
    ...tally.gone.map(({ point }) => `    no longer differs, and is still listed: ${point}`),
    ...tally.goneValues.map((one) => `    no longer differs so, and is still listed: ${lineOf(one)}`),
    ...(failure === undefined ? [] : [`    failed: ${failure.replaceAll('\n', '\n    ')}`]),
  ];
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
