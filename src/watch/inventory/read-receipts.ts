/** Reads the receipts of a bucket: listed once, eight read at a time, and each at most once in a run. */
import type { KeptBackup } from '../../domain/backup.ts';
import type { DumpFile, DumpReceipt } from '../../domain/dump.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { StoredObject } from '../../domain/s3.ts';
import { receiptsPrefix } from '../../domain/tags.ts';
import { receiptIn } from '../../dump/receipts.ts';
import type { Documents } from '../../ports/objects.ts';
import { each } from '../../runtime/each.ts';
import { BackupError, explainInLine } from '../../runtime/errors.ts';
import { dumpBackup, volumeBackup } from './from-receipt.ts';

/** A backup with the files of a dump, whose objects are still to be looked for. */
export interface ReceiptBackup {
  readonly backup: KeptBackup;
  readonly files: readonly DumpFile[];
  /** Of a dump: what retention goes by. */
  readonly dump?: DumpFacts | undefined;
  /** Of a volume: the day from which the rotation may delete its snapshot (`YYYY-mm-dd`). */
  readonly deleteOn?: string | undefined;
}

/** Receipts are large, and all of them are in memory at once. */
export type DumpFacts = Pick<DumpReceipt, 'state' | 'takenAt' | 'verdict' | 'keepForever' | 'marking' | 'retention'>;

/** A receipt that exists and could not be read. */
export interface UnreadReceipt {
  readonly key: string;
  readonly reason: string;
}

export interface ReadReceipts {
  readonly found: readonly ReceiptBackup[];
  readonly unread: readonly UnreadReceipt[];
  /** Keys of receipts that describe no finished backup: drafts, and snapshots that cannot be trusted. */
  readonly unfinished: ReadonlySet<string>;
  /** Receipts that were not read, since newer ones of their sources sufficed. */
  readonly older: number;
}

/** Which receipts suffice. */
export interface Sufficient {
  /** Whether the newest backups of a source do, newest first. */
  readonly enough: (newest: readonly KeptBackup[]) => boolean;
  /** Receipts that are read before it is asked: the newest of each source first. Default 0. */
  readonly atLeast?: number | undefined;
}

type Known = ReceiptBackup | 'unfinished' | 'foreign';

/** Receipts read at once. */
const parallel = 8;
/** Receipts of a source that are read before it is asked whether they are enough. */
const round = 10;

/** Remembers what was read, by key and time of change: patrol and page read again what the watchdog has read. */
export class ReceiptReader {
  readonly #objects: Documents;
  readonly #bucket: string;
  readonly #region: string;
  readonly #known = new Map<string, { readonly changed: number; readonly read: Known }>();
  #listed: Promise<readonly StoredObject[]> | undefined;

  /** @param region of the bucket */
  constructor(objects: Documents, bucket: string, region: string) {
    this.#objects = objects;
    this.#bucket = bucket;
    this.#region = region;
  }

  /**
   * @param sufficient without it, all are read
   * @throws AwsError when the bucket cannot be listed
   */
  async read(signal: AbortSignal, sufficient?: Sufficient): Promise<ReadReceipts> {
    this.#listed ??= this.#objects.list(this.#bucket, receiptsPrefix);
    const listed = await this.#listed;
    const folders = newestByFolder(listed.filter(({ key }) => key.endsWith('.json')));
    const found: ReceiptBackup[] = [];
    const unread: UnreadReceipt[] = [];
    const unfinished = new Set<string>();
    let count = 0;
    let older = 0;
    let open = folders.map((objects) => ({ objects, next: 0, backups: [] as KeptBackup[] }));
    while (open.length > 0) {
      const size = sufficient === undefined ? Number.POSITIVE_INFINITY : round;
      const batch = open.flatMap((one) =>
        one.objects.slice(one.next, one.next + size).map((object) => ({ one, object })),
      );
      await each(
        batch,
        parallel,
        async ({ one, object }) => {
          try {
            const read = await this.#one(object);
            if (read === 'unfinished') unfinished.add(object.key);
            if (typeof read === 'string') return;
            found.push(read);
            one.backups.push(read.backup);
          } catch (error) {
            unread.push({ key: object.key, reason: explainInLine(error) });
          }
        },
        signal,
      );
      count += batch.length;
      for (const one of open) one.next += size;
      const more = open.filter(({ objects, next }) => next < objects.length);
      open = more.filter(
        ({ backups }) => count < (sufficient?.atLeast ?? 0) || !sufficient?.enough(newestFirst(backups)),
      );
      for (const one of more) if (!open.includes(one)) older += one.objects.length - one.next;
    }
    return { found, unread, unfinished, older };
  }

  async #one({ key, modifiedAt }: StoredObject): Promise<Known> {
    const changed = modifiedAt.getTime();
    const known = this.#known.get(key);
    if (known?.changed === changed) return known.read;
    const text = await this.#objects.text({ bucket: this.#bucket, key });
    const read = backupIn(key, text, this.#region);
    this.#known.set(key, { changed, read });
    return read;
  }
}

const newestFirst = (backups: readonly KeptBackup[]): readonly KeptBackup[] =>
  backups.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));

/**
 * `foreign`: no receipt, but the document of another tool; or deleted meanwhile.
 * @throws BackupError for what is cut off, and may have been a receipt
 */
function backupIn(key: string, text: string | undefined, region: string): Known {
  if (text === undefined) return 'foreign';
  const document = documentIn(text);
  const dump = receiptIn(document);
  const volume = dump === undefined ? volumeReceiptIn(document) : undefined;
  if (dump === undefined && volume === undefined) return 'foreign';
  const backup = dump ? dumpBackup(key, dump, region) : volume && volumeBackup(key, volume);
  if (backup === undefined) return 'unfinished';
  return { backup, files: dump?.files ?? [], dump: dump && factsOf(dump), deleteOn: volume?.deleteOn };
}

function factsOf({ state, takenAt, verdict, keepForever, marking, retention }: DumpReceipt): DumpFacts {
  return { state, takenAt, verdict, keepForever, marking, retention };
}

function documentIn(text: string): unknown {
  let document: { readonly format?: unknown } | null;
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    throw new BackupError({ what: 'it is no JSON: cut off, or damaged' });
  }
  const format = document?.format;
  if (typeof format === 'string' && format.startsWith('holdfast-receipt/') && format !== 'holdfast-receipt/1')
    throw new BackupError({ what: `it is a receipt of another version (${format})` });
  return document;
}

function volumeReceiptIn(document: unknown): Receipt | undefined {
  const receipt = document as Receipt | null;
  return receipt?.format === 'holdfast-receipt/1' && receipt.kind === 'volume-snapshot' ? receipt : undefined;
}

/** The objects of each folder and kind, the newest first: dumps have their time in their keys, volumes the number of their run. */
function newestByFolder(objects: readonly StoredObject[]): readonly (readonly StoredObject[])[] {
  const groups = Map.groupBy(objects, ({ key }) => {
    const [, folder = '', dump = ''] = /^(.*\/)(dump-)?[^/]*$/.exec(key) ?? [];
    return folder + dump;
  });
  const number = ({ key }: StoredObject): number => Number(/\/(\d+)\.json$/.exec(key)?.[1] ?? 0);
  return [...groups.values()].map((some) =>
    some.toSorted((a, b) => number(b) - number(a) || b.key.localeCompare(a.key)),
  );
}
