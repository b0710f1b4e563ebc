/** Pins and labels of dumps, as receipts and tags say them. */
import type { DumpFile, DumpMarks, DumpReceipt } from '../../domain/dump.ts';

/** Never a point in time, and no word that chooses a dump: `--at` takes all of them. */
export const labelPattern = /^(?!(?:latest|list)$)[A-Za-z][A-Za-z0-9._-]{0,62}$/;
export const allowedLabel =
  'letters, digits and ._-, beginning with a letter, at most 63 characters, and neither latest nor list';

/** A change of the marks; what is undefined stays. */
export interface MarkChange {
  readonly keepForever?: boolean | undefined;
  /** Empty: none any more. */
  readonly label?: string | undefined;
}

/** What the dump is marked as, or is about to be. */
export function marksOf({ keepForever, label, marking }: DumpReceipt): DumpMarks {
  return marking ?? { keepForever, label };
}

/** Whether nobody may delete the dump: also while it is being pinned, and until a pin is taken back in full. */
export function isPinned({ keepForever, marking }: Pick<DumpReceipt, 'keepForever' | 'marking'>): boolean {
  return keepForever === true || marking?.keepForever === true;
}

/** The receipt with the change as its intention; the same receipt where there is nothing to do. */
export function withMarking(receipt: DumpReceipt, change: MarkChange): DumpReceipt {
  const now = marksOf(receipt);
  const label = change.label === undefined ? now.label : change.label || undefined;
  const keepForever = change.keepForever ?? now.keepForever;
  const marking = { keepForever, label };
  return same(marking, now) ? receipt : { ...receipt, marking };
}

/** The receipt once files and tags say what was intended. @param files where they are by then */
export function withMarks(receipt: DumpReceipt, files: readonly DumpFile[]): DumpReceipt {
  const { marking, keepForever: _pin, label: _label, ...rest } = receipt;
  return { ...rest, files, ...(marking ?? marksOf(receipt)) };
}

function same(one: DumpMarks, other: DumpMarks): boolean {
  // Taking back a pin that never was changes nothing.
  return (one.keepForever ?? false) === (other.keepForever ?? false) && one.label === other.label;
}

/** All tags of a file. S3 replaces them together. */
export function tagsOf(receipt: DumpReceipt, { kind }: Pick<DumpFile, 'kind'>): Readonly<Record<string, string>> {
  const { keepForever, label } = marksOf(receipt);
  return {
    'holdfast:source': receipt.source,
    'holdfast:verdict': receipt.proof.find((row) => row.kind === kind)?.verdict ?? 'unproven',
    ...(keepForever === true ? { KeepForever: 'Yes' } : {}),
    ...(label === undefined ? {} : { 'holdfast:label': label }),
  };
}

/** `pinned, label before-2.0`; empty for a dump without marks. */
export function marksInWords(receipt: DumpReceipt): string {
  const { keepForever, label } = marksOf(receipt);
  const pin =
    keepForever === true ? 'pinned' : receipt.keepForever === true ? 'pinned until the pin is taken back' : '';
  const unfinished = receipt.marking === undefined ? '' : 'not complete: give the command again';
  return [pin, label === undefined ? '' : `label ${label}`, unfinished].filter((text) => text !== '').join(', ');
}
