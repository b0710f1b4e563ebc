/** Restored copies of MariaDB's databases with something changed, compared with their source as a proof does. */
import { type Change, isRight, mustBeNoticed, type Outcome } from '../changes.ts';
import { batches, names } from '../volumes/batches.ts';
import { sourceSql } from './changes.ts';
import { type Dumped, type Finding, findings, Pair } from './pair.ts';

interface Examined {
  readonly found: readonly Finding[];
  /** Changes that the server refused. */
  readonly refused: ReadonlyMap<Change, string>;
}

export class Trial {
  readonly #pair: Pair;
  readonly #dumped: Dumped;

  private constructor(pair: Pair, dumped: Dumped) {
    this.#pair = pair;
    this.#dumped = dumped;
  }

  /** Starts both servers, makes the source, and dumps it. @param statements make the source */
  static async begin(statements = sourceSql): Promise<Trial> {
    const pair = await Pair.begin(statements);
    try {
      return new Trial(pair, await pair.dump());
    } catch (error) {
      await pair.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#pair.stop();
  }

  /**
   * Tries the changes; those of different things share a copy, and each of them must then be named by what is found.
   * @param onOutcome gets each outcome as it is known
   * @throws Error when the server refuses a change
   */
  async outcomesOf(
    changes: readonly Change[],
    onOutcome: (outcome: Outcome) => void = () => {},
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const batch of batches(changes))
      for (const outcome of await this.#outcomes(batch)) {
        outcomes.push(outcome);
        onOutcome(outcome);
      }
    return outcomes;
  }

  async #outcomes(batch: readonly Change[]): Promise<readonly Outcome[]> {
    const [first] = batch;
    if (first === undefined) return [];
    const { found, refused } = await this.#examine(batch);
    if (batch.length === 1) {
      const why = refused.get(first);
      if (why !== undefined) throw new Error(`${first.what}: ${why}`);
      return [{ change: first, noticed: found[0]?.told }];
    }
    const outcomes: Outcome[] = [];
    const open: Change[] = [];
    for (const change of batch) {
      const own = mustBeNoticed(change) ? found.find(({ what }) => names(what, change.at ?? '')) : found[0];
      const outcome = { change, noticed: own?.told };
      if (isRight(outcome) && !refused.has(change)) outcomes.push(outcome);
      else open.push(change);
    }
    const half = Math.ceil(open.length / 2);
    outcomes.push(...(await this.#outcomes(open.slice(0, half))), ...(await this.#outcomes(open.slice(half))));
    return outcomes;
  }

  async #examine(changes: readonly Change[]): Promise<Examined> {
    const refused = new Map<Change, string>();
    const comparison = await this.#pair.compare(this.#dumped, async (scratch) => {
      for (const change of changes)
        await scratch.sql(change.sql).catch((error: Error) => refused.set(change, error.message));
    });
    // It is not of the copy, so the proof does not remove it.
    await this.#pair.scratch.sql('DROP DATABASE IF EXISTS wreck');
    return { found: findings(comparison), refused };
  }
}
