/** What AUTO_INCREMENT and the next value of a sequence must be in a faithful copy. */
import type { QuiesceMode } from '../../domain/receipt.ts';

export interface Counter {
  /** `AUTO_INCREMENT` or `next value`. */
  readonly name: string;
  readonly before: bigint;
  readonly after: bigint;
  readonly engine: string | undefined;
  readonly serverVersion: string;
  readonly mode: QuiesceMode;
}

/**
 * InnoDB kept the counter in memory alone before MySQL 8.0 and MariaDB 10.2.4 (their manuals, "InnoDB AUTO_INCREMENT Counter
 * Initialization" and "AUTO_INCREMENT Handling in InnoDB"); MEMORY loses it with its rows; of other engines nothing is known.
 */
export function survivesRestart(engine: string | undefined, serverVersion: string): boolean {
  if (engine === 'MyISAM' || engine === 'Aria') return true;
  if (engine !== 'InnoDB') return false;
  const [major = 0, minor = 0, patch = 0] = serverVersion.split(/[.-]/).map(Number);
  if (!/mariadb/i.test(serverVersion)) return major >= 8;
  return major > 10 || (major === 10 && (minor > 2 || (minor === 2 && patch >= 4)));
}

/**
 * A statement that inserts rows which InnoDB cannot count beforehand reserves 1, 2, 4, … values, up to 65,535 at once
 * (MySQL's sql/handler.cc, AUTO_INC_DEFAULT_NB_MAX). What it did not use is in the counter that the server shows, and not in
 * the one on disk: it is gone after a restart. So it is never more than what the statement used, which lies below the copy's.
 */
const mostReserved = 65_535n;

function reservedAndLost(missing: bigint, copy: bigint): boolean {
  return missing <= copy && missing <= mostReserved;
}

/** @returns what is wrong with the copy's counter, or undefined */
export function counterProblem(counter: Counter, copy: bigint): string | undefined {
  const { name, before, after, engine, serverVersion, mode } = counter;
  if (name === 'AUTO_INCREMENT' && !survivesRestart(engine, serverVersion)) return undefined;
  // It went back: the table was emptied, or the server that was stopped lost what it had reserved.
  const emptied = after < before && mode === 'freeze';
  const [smaller, high] = before < after ? [before, after] : [after, before];
  const low = emptied ? 1n : smaller;
  if (copy >= low && copy <= high) return undefined;
  const exact = mode === 'stop' && before === after;
  if (copy < low && engine === 'InnoDB' && name === 'AUTO_INCREMENT' && !exact && reservedAndLost(low - copy, copy))
    return undefined;
  return `${name}: expected ${low === high ? low : `${low} to ${high}`}, found ${copy}`;
}
