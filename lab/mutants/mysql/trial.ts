/** Restored copies of MariaDB's databases with something changed, compared with their source as a proof does. */
import type { Change, Outcome } from '../changes.ts';
import { type Examined, findings, outcomesOf } from '../joint-copies.ts';
import { sourceSql } from './changes.ts';
import { type Dumped, Pair } from './pair.ts';

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

  /** @throws Error when the server refuses a change */
  outcomesOf(changes: readonly Change[], onOutcome?: (outcome: Outcome) => void): Promise<readonly Outcome[]> {
    return outcomesOf(changes, (some) => this.#examine(some), onOutcome);
  }

  async #examine(changes: readonly Change[]): Promise<Examined<Change>> {
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
