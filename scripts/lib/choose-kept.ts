/** Chooses the dump that `npm run restore` restores or marks. */
import type { DumpFileKind } from '../../src/domain/dump.ts';
import { stamp } from '../../src/dump/files.ts';
import { marksOf } from '../../src/dump/pins/marks.ts';
import type { KnownReceipt } from '../../src/dump/receipts.ts';
import { BackupError } from '../../src/runtime/errors.ts';
import { fileOf, isProven } from './backups.ts';

/**
 * @param at a point in time, `latest`, or a label: then the newest proven one of those that have it is meant, whatever is done with it;
 * where none is proven, the newest
 * @param unproven whether it may be unproven
 * @throws BackupError when there is no such dump, or it is not proven
 */
export function chooseKept(
  dumps: readonly KnownReceipt[],
  at: string,
  kind: DumpFileKind,
  unproven: boolean,
): KnownReceipt {
  const candidates = dumps.filter((one) => fileOf(one, kind) !== undefined);
  const newest = (some: readonly KnownReceipt[]) => some.find((one) => isProven(one, kind)) ?? some[0];
  const chosen =
    at === 'latest'
      ? candidates.find((one) => unproven || isProven(one, kind))
      : (candidates.find(({ receipt }) => receipt.takenAt === at || stamp(receipt.takenAt) === at) ??
        newest(candidates.filter(({ receipt }) => marksOf(receipt).label === at)));
  if (chosen === undefined)
    throw new BackupError({
      what:
        at === 'latest' ? `there is no proven ${kind} file` : `there is no dump of ${at} with a file of kind ${kind}`,
      fix: 'npm run restore -- --list shows the dumps',
    });
  if (!unproven && !isProven(chosen, kind))
    throw new BackupError({
      what: `the ${kind} file of ${stamp(chosen.receipt.takenAt)} is not proven (${chosen.receipt.verdict})`,
      fix: 'choose another dump, or give --unproven',
    });
  return chosen;
}
