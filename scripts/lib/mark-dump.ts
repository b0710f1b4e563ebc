/** `npm run restore` with --pin, --unpin or --label: marks a dump instead of restoring it. */
import { stamp } from '../../src/dump/files.ts';
import { markDump } from '../../src/dump/pins/mark.ts';
import { allowedLabel, isPinned, labelPattern, type MarkChange, marksInWords } from '../../src/dump/pins/marks.ts';
import { refuseFutilePin } from '../../src/dump/pins/obstacles.ts';
import type { KnownReceipt } from '../../src/dump/receipts.ts';
import type { Objects } from '../../src/ports/objects.ts';

/** What the command line says of marks. */
export interface MarkOptions {
  readonly pin?: boolean | undefined;
  readonly unpin?: boolean | undefined;
  readonly label?: string | undefined;
  readonly at?: string | undefined;
}

const notWithMarks = ['list', 'to', 'kind', 'replace', 'only', 'users', 'unproven'];

/** @returns undefined when nothing is to be marked */
export function changeOf({ pin = false, unpin = false, label }: MarkOptions): MarkChange | undefined {
  if (!pin && !unpin && label === undefined) return undefined;
  return { keepForever: pin ? true : unpin ? false : undefined, label };
}

export function problemsOfMarks(options: MarkOptions & Readonly<Record<string, unknown>>): readonly string[] {
  const { pin, unpin, label, at } = options;
  if (changeOf(options) === undefined) return [];
  return [
    ...(pin && unpin ? ['--unpin: --pin is given too; allowed: one of them'] : []),
    ...(label === undefined || label === '' || labelPattern.test(label)
      ? []
      : [`--label: "${label}" is not allowed; allowed: ${allowedLabel}; or nothing (--label=), which takes it away`]),
    ...(at === undefined
      ? ['--at: which dump is meant; allowed: its time or label as --list shows it, or latest']
      : []),
    ...notWithMarks
      .filter((name) => options[name] !== undefined)
      .map((name) => `--${name}: has no meaning with --pin, --unpin and --label; allowed: without it`),
  ];
}

/** Marks it, and says what it is then. @throws BackupError when a pin could not hold */
export async function mark(
  { key, receipt }: KnownReceipt,
  change: MarkChange,
  objects: Objects,
  receiptBucket: string,
): Promise<void> {
  if (change.keepForever === true && receipt.keepForever !== true)
    for (const note of await refuseFutilePin(objects, receipt)) console.error(`warning: ${note}`);
  const marked = await markDump(objects, { bucket: receiptBucket, key }, change);
  console.log(`the dump of ${stamp(marked.takenAt)}: ${marksInWords(marked) || 'neither pinned nor labelled'}`);
  if (change.keepForever === false && !isPinned(marked))
    console.error('it counts again among the dumps to keep; the next dumps of the source delete it when it is due');
}
