/** Whether the dumps of two databases have one source, so that they are counted together. */
import { type EngineName, engineWords } from '../../domain/engine.ts';
import type { KnownReceipt } from '../receipts.ts';

/**
 * Dumps of another engine between those of this one: two databases, and not one that moved from engine to engine.
 * @returns warnings
 */
export function mixedEngines(known: readonly KnownReceipt[], engine: EngineName): readonly string[] {
  const dumps = known.map(({ receipt }) => ({ engine: receipt.engine ?? 'postgres', takenAt: receipt.takenAt }));
  const first = dumps
    .filter((one) => one.engine === engine)
    .map((one) => one.takenAt)
    .toSorted()[0];
  const others = new Set(
    dumps.filter((one) => one.engine !== engine && first !== undefined && one.takenAt > first).map((one) => one.engine),
  );
  return [...others]
    .toSorted()
    .map(
      (other) =>
        `dumps of ${engineWords(other).product} have the same source: both are counted together, by keep, by the watchdog and where sizes are compared; give each database a source of its own`,
    );
}
