/**
 * All kept backups of an account as one list: receipts of volumes and dumps, snapshots and copies in every region. What could not be
 * read is told beside it, with its reason: nobody may take it for missing.
 */
import type { BackupInventory, BackupKind, KeptBackup, UnreadPart } from '../../domain/backup.ts';
import type { Snapshot } from '../../domain/ec2.ts';
import type { ObjectPlace } from '../../domain/s3.ts';
import { tagNames } from '../../domain/tags.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { Documents } from '../../ports/objects.ts';
import { automated, rotationTags } from '../../rotation/plan/tags.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { each } from '../../runtime/each.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { snapshotBackup } from './from-snapshot.ts';
import { deletesDump, deletesVolume } from './gone.ts';
import { type FoundSnapshots, goneByTags } from './gone-by-tags.ts';
import { type ReadReceipts, type ReceiptBackup, ReceiptReader, type Sufficient } from './read-receipts.ts';
import { type FileProblem, readStoredFiles } from './stored-files.ts';

export interface InventoryPorts {
  readonly objects: Documents;
  readonly regions: Ec2Regions;
}

export interface InventorySettings {
  /** Region of the buckets, and the first in which regions are asked for. */
  readonly region: string;
  readonly receiptBucket: string;
  /** Which receipts suffice; without it, every one is read. */
  readonly sufficient?: Sufficient | undefined;
  /** Remembers receipts for another reading in the same run. */
  readonly reader?: ReceiptReader | undefined;
}

/** Regions read at once. */
const parallelRegions = 6;

export async function readInventory(
  settings: InventorySettings,
  ports: InventoryPorts,
  { signal, clock }: Pick<WorkContext, 'signal'> & { readonly clock: Pick<Clock, 'now'> },
): Promise<BackupInventory> {
  const unread: UnreadPart[] = [];
  const [receipts, { snapshots, regions }] = await Promise.all([
    readReceipts(settings, ports, unread, signal),
    readSnapshots(settings, ports, unread, signal),
  ]);
  const now = clock.now();
  const dumps = await judgeDumps(receipts, settings, ports, unread, { signal, now });
  const tagged = [...ofTags(snapshots), ...goneByTags(snapshots, now)];
  const backups = [...dumps, ...volumes(receipts, tagged, unread, now), ...ofRotations(tagged)];
  const sorted = backups.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
  return { backups: sorted, unread, regions, older: receipts.older };
}

const withReceipts: readonly BackupKind[] = ['database-dump', 'volume-snapshot'];

async function readReceipts(
  { region, receiptBucket, sufficient, reader }: InventorySettings,
  { objects }: InventoryPorts,
  unread: UnreadPart[],
  signal: AbortSignal,
): Promise<ReadReceipts> {
  const what = `receipts of ${receiptBucket}`;
  try {
    const read = await (reader ?? new ReceiptReader(objects, receiptBucket, region)).read(signal, sufficient);
    for (const { key, reason } of read.unread)
      unread.push({
        what: `receipt s3://${receiptBucket}/${key}`,
        reason,
        hides: withReceipts,
        folder: key.slice(0, key.lastIndexOf('/') + 1),
      });
    return read;
  } catch (error) {
    signal.throwIfAborted();
    // Snapshots of volumes are found by their tags, too.
    unread.push({ what, reason: explainInLine(error), hides: ['database-dump'] });
    return { found: [], unread: [], unfinished: new Set(), older: 0 };
  }
}

interface ReadRegions {
  readonly snapshots: FoundSnapshots;
  readonly regions: readonly string[];
}

async function readSnapshots(
  { region: home }: InventorySettings,
  { regions }: InventoryPorts,
  unread: UnreadPart[],
  signal: AbortSignal,
): Promise<ReadRegions> {
  const hides: readonly BackupKind[] = ['volume-snapshot', 'rotation-snapshot'];
  const names = await regions.enabled().catch((error: unknown) => {
    signal.throwIfAborted();
    unread.push({ what: 'the list of regions', reason: explainInLine(error), hides: [] });
    return [home];
  });
  const snapshots = new Map<string, readonly Snapshot[]>();
  await each(
    names,
    parallelRegions,
    async (name) => {
      try {
        const region = regions.in(name);
        // Whoever wants to keep a snapshot may have taken its Type away; that of the replaced system has nothing else.
        const [own, typed] = await Promise.all([
          region.snapshots({ [tagNames.madeBy]: undefined }),
          region.snapshots({ [rotationTags.type]: automated }),
        ]);
        snapshots.set(name, [...new Map([...own, ...typed].map((one) => [one.id, one])).values()]);
      } catch (error) {
        unread.push({ what: `snapshots in ${name}`, reason: explainInLine(error), hides, region: name });
      }
    },
    signal,
  );
  return { snapshots, regions: names };
}

const ofRotations = (tagged: readonly KeptBackup[]): readonly KeptBackup[] =>
  tagged.filter(({ kind }) => kind === 'rotation-snapshot');

const ofTags = (snapshots: FoundSnapshots): readonly KeptBackup[] =>
  [...snapshots].flatMap(([region, some]) => some.flatMap((one) => snapshotBackup(one, region) ?? []));

/** Snapshots of volumes with their receipts; receipts whose snapshot is gone; snapshots and copies without a receipt. */
function volumes(
  { found, unfinished }: ReadReceipts,
  ofAll: readonly KeptBackup[],
  unread: readonly UnreadPart[],
  now: Date,
): readonly KeptBackup[] {
  const receipts = found.map(({ backup }) => backup).filter(({ kind }) => kind === 'volume-snapshot');
  const dates = new Map(found.map(({ backup, deleteOn }) => [backup.id, deleteOn]));
  const tagged = new Map(
    ofAll.flatMap((one) => (one.kind === 'volume-snapshot' ? [[`${one.id} ${one.region}`, one] as const] : [])),
  );
  const ofReceipt = ({ id, region }: KeptBackup): KeptBackup | undefined => tagged.get(`${id} ${region}`);
  const hidden = new Set(
    unread.flatMap(({ region, hides }) => (hides.includes('volume-snapshot') ? (region ?? []) : [])),
  );
  const gone = new Set(
    receipts.flatMap(({ id, region }) => (tagged.has(`${id} ${region}`) || hidden.has(region) ? [] : [id])),
  );
  const withReceipt = receipts.flatMap((one) => {
    const { problem, pinned, label, verdict, unprovable } = ofReceipt(one) ?? { pinned: false };
    if (gone.has(one.id)) {
      const others = receipts.filter(({ source }) => source === one.source);
      return deletesVolume(one, dates.get(one.id), others, gone, now)
        ? []
        : [{ ...one, problem: `${one.id} in ${one.region} is gone` }];
    }
    return [
      {
        ...one,
        pinned: one.pinned || pinned,
        verdict: one.verdict === 'unproven' ? (verdict ?? 'unproven') : one.verdict,
        ...(label === undefined ? {} : { label }),
        ...(problem === undefined ? {} : { problem }),
        ...(unprovable === undefined ? {} : { unprovable }),
      },
    ];
  });
  const known = new Set(receipts.map(({ id }) => id));
  const withoutReceipt = [...tagged.values()].filter(
    ({ id, receiptKey }) => !known.has(id) && !unfinished.has(receiptKey ?? ''),
  );
  return [...withReceipt, ...named(withoutReceipt, [...receipts, ...tagged.values()])];
}

/** A copy has no tags with its source and receipt: they are its primary's. One whose primary nobody knows any more is left out. */
function named(backups: readonly KeptBackup[], all: readonly KeptBackup[]): readonly KeptBackup[] {
  const primaries = new Map(all.filter(({ source }) => source !== '').map((one) => [one.id, one]));
  return backups.flatMap((one) => {
    const primary = primaries.get(one.copyOf?.id ?? '');
    const source = one.source || primary?.source;
    const receiptKey = one.receiptKey ?? primary?.receiptKey;
    if (source === undefined) return [];
    return [{ ...one, source, ...(receiptKey === undefined ? {} : { receiptKey }) }];
  });
}

async function judgeDumps(
  { found }: ReadReceipts,
  { receiptBucket: bucket }: InventorySettings,
  { objects }: InventoryPorts,
  unread: UnreadPart[],
  { signal, now }: { readonly signal: AbortSignal; readonly now: Date },
): Promise<readonly KeptBackup[]> {
  const dumps: readonly ReceiptBackup[] = found.filter(({ backup }) => backup.kind === 'database-dump');
  const stored = await readStoredFiles(dumps, objects, signal);
  // They hide no backup, since receipts tell of all: which may be gone, each says itself.
  for (const reason of new Set(stored.unread.values())) unread.push({ what: 'objects of dumps', reason, hides: [] });
  const gone = new Set([...stored.problems].flatMap(([id, { allGone }]) => (allGone ? [id] : [])));
  const bySource = Map.groupBy(dumps, ({ backup }) => backup.source);
  const expired = new Set<string>();
  await each(
    dumps.filter(({ backup }) => stored.problems.get(backup.id)?.onlyGone),
    parallelReceipts,
    async (one) => {
      const { id, source } = one.backup;
      const problem = stored.problems.get(id) as FileProblem;
      const isExpired = deletesDump(one, problem, bySource.get(source) ?? [], gone, now);
      // Retention deletes the objects first, and may have come between the receipts and the list of objects.
      if (isExpired || (await isDeleted(objects, { bucket, key: id }))) expired.add(id);
    },
    signal,
  );
  return dumps.flatMap(({ backup }) => {
    const problem = stored.problems.get(backup.id);
    const unseen = stored.unread.get(backup.id);
    if (unseen !== undefined) return [{ ...backup, unseen: `objects of dumps could not be read: ${unseen}` }];
    if (problem === undefined) return [backup];
    return expired.has(backup.id) ? [] : [{ ...backup, problem: problem.what }];
  });
}

/** Receipts read again at once. */
const parallelReceipts = 8;

/** One that cannot be read is there. */
async function isDeleted(objects: Documents, receipt: ObjectPlace): Promise<boolean> {
  return (await objects.text(receipt).catch(() => '')) === undefined;
}
