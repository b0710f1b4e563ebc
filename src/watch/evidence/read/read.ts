/** Reads all that evidence is made from. Changes nothing. */

import type { BackupInventory } from '../../../domain/backup.ts';
import { promisesKey } from '../../../domain/tags.ts';
import type { Ec2Regions } from '../../../ports/ec2-region.ts';
import type { GitHubReader } from '../../../ports/inspection.ts';
import type { Documents } from '../../../ports/objects.ts';
import type { Trails } from '../../../ports/trail.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { explainInLine } from '../../../runtime/errors.ts';
import { readInventory } from '../../inventory/inventory.ts';
import { parseHistory } from '../../page/model/history.ts';
import { type Promises, parsePromises } from '../../promises/promise.ts';
import { historyKey } from '../../status/status.ts';
import type { EvidenceBackup, EvidenceInput, RepositoryRecord } from '../input.ts';
import type { Period } from '../period.ts';
import { readAccount } from './account.ts';
import { readAllReceipts } from './receipts.ts';
import { readRecord } from './retention.ts';

export interface EvidencePorts {
  readonly objects: Documents;
  readonly regions: Ec2Regions;
  readonly trails: Trails;
  /** Undefined where GitHub cannot be asked: the reason is told. */
  readonly github: GitHubReader | { readonly reason: string };
}

export interface EvidenceSettings {
  readonly period: Period;
  /** Of the bucket. */
  readonly region: string;
  readonly receiptBucket: string;
  readonly now: Date;
  readonly writtenBy: string;
  readonly runUrl?: string | undefined;
}

export async function readEvidence(
  settings: EvidenceSettings,
  ports: EvidencePorts,
  { signal }: Pick<WorkContext, 'signal'>,
): Promise<EvidenceInput> {
  const { period, region, receiptBucket, now, writtenBy, runUrl } = settings;
  const { objects } = ports;
  const problems: string[] = [];
  const read = async <T>(key: string, parsed: (text: string) => T | undefined): Promise<T | undefined> => {
    try {
      return parsed((await objects.text({ bucket: receiptBucket, key })) ?? '');
    } catch (error) {
      signal.throwIfAborted();
      problems.push(`${key} of ${receiptBucket} could not be read: ${explainInLine(error)}`);
      return undefined;
    }
  };
  const [inventory, receipts, promises, history] = await Promise.all([
    readInventory({ region, receiptBucket }, ports, { signal, clock: { now: () => now } }),
    readAllReceipts(objects, { bucket: receiptBucket, region, signal }),
    read(promisesKey, parsePromises),
    read(historyKey, parseHistory),
  ]);
  const backups = withKept(inventory, receipts.backups);
  return {
    period,
    backups,
    deletedSince: receipts.deletedSince,
    promises: promises?.repositories,
    history,
    records: await readRecords(promises, period, ports.github, problems),
    account: await readAccount(ports.trails, { period, now, region, receiptBucket, backups }, signal),
    unread: inventory.unread,
    problems: [...problems, ...receipts.problems],
    now,
    receiptBucket,
    writtenBy,
    runUrl,
  };
}

/** What is kept, as the inventory knows it, with what receipts tell besides; and what is no longer kept. */
export function withKept(
  { backups: kept }: Pick<BackupInventory, 'backups'>,
  told: readonly EvidenceBackup[],
): readonly EvidenceBackup[] {
  const byKey = new Map(told.map((one) => [one.receiptKey, one]));
  const found = kept.map((one): EvidenceBackup => {
    const receipt = one.receiptKey === undefined ? undefined : byKey.get(one.receiptKey);
    if (receipt === undefined || one.copyOf !== undefined) return { ...one, kept: true, compared: [] };
    const { compared, commit, madeBy, bucket } = receipt;
    return { ...one, kept: true, compared, commit, madeBy, bucket };
  });
  const there = new Set(kept.flatMap(({ receiptKey, copyOf }) => (copyOf === undefined ? (receiptKey ?? []) : [])));
  return [...found, ...told.filter(({ receiptKey }) => !there.has(receiptKey ?? ''))];
}

async function readRecords(
  promises: Promises | undefined,
  period: Period,
  github: EvidencePorts['github'],
  problems: string[],
): Promise<readonly RepositoryRecord[]> {
  const repositories = Object.entries(promises?.repositories ?? {});
  if ('reason' in github) {
    problems.push(`Retention in workflow files, who changed it, and runs: ${github.reason}`);
    return [];
  }
  const records: RepositoryRecord[] = [];
  for (const [repository, sources] of repositories) {
    const paths = sources.flatMap(({ schedules }) => schedules.map(({ workflow }) => workflow));
    const workflows = [...new Set(paths)].filter((path) => path.startsWith('.github/workflows/')).toSorted();
    records.push(await readRecord(github, { repository, workflows, period }));
  }
  return records;
}
