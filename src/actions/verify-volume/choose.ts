/** Chooses the snapshot to verify, and waits until a volume can be made from it. */
import type { Snapshot } from '../../domain/ec2.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { snapshotsOf, tagNames } from '../../domain/tags.ts';
import { isCopy, madeBy } from '../../rotation/plan/tags.ts';
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { paces, poll } from '../../runtime/poll.ts';
import { primaryOf, receiptProblem, unproven } from '../../volume/choose.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** What is proven by its fingerprint. */
export interface FingerprintChoice {
  readonly snapshot: Snapshot;
  readonly receipt: Receipt;
  readonly receiptKey: string;
  /** A copy in another region: the receipt is that of its primary, so only the tags of the copy say what was found. */
  readonly isCopy: boolean;
}

/** What is proven by its filesystems: nobody took a fingerprint of it. */
export interface FilesystemChoice {
  readonly snapshot: Snapshot;
  readonly receipt?: undefined;
}

export type Choice = FingerprintChoice | FilesystemChoice;

/**
 * @returns the named snapshot, or the newest one of the source that is without a verdict; undefined when there is none
 * @throws BackupError when the named one cannot be verified
 */
export async function chooseSnapshot(
  settings: Settings,
  ports: Ports,
  context: Context,
  note: (text: string) => void,
): Promise<Choice | undefined> {
  const { compute, receipts } = ports;
  const { logger } = context;
  const candidates =
    settings.snapshotId === undefined
      ? unproven(await compute.snapshotsByTags(snapshotsOf(settings.source)))
      : [await namedSnapshot(settings.snapshotId, settings, ports)];
  const problems: string[] = [];
  for (const snapshot of candidates) {
    if (isOfRotation(snapshot)) {
      note(`${snapshot.id}, by its filesystems`);
      return { snapshot: await completed(snapshot, settings, ports, context) };
    }
    const receiptKey = snapshot.tags[tagNames.receipt] ?? settings.receipt;
    const receipt = receiptKey === '' ? undefined : (await receipts.read(receiptKey))?.receipt;
    const problem = receiptProblem(snapshot, receipt);
    if (problem === undefined && receipt) {
      note(snapshot.id);
      logger.info(`${snapshot.id}, begun ${snapshot.startedAt.toISOString()}`);
      const chosen = await completed(snapshot, settings, ports, context);
      return { snapshot: chosen, receipt, receiptKey, isCopy: isCopy(snapshot.tags) };
    }
    problems.push(problem ?? '');
    logger.warning(`${problem}; not verified`);
  }
  if (settings.snapshotId !== undefined) {
    throw new BackupError({
      what: problems[0] ?? 'it cannot be verified',
      likelyCause: 'the run that made it died, or its receipt was removed',
      fix: 'verify another snapshot, or take a new backup',
    });
  }
  note('none is without a verdict');
  context.report({ notes: [`no snapshot of ${settings.source} is without a verdict`, ...problems] });
  return undefined;
}

/** @throws ConfigurationError when it is not a snapshot that can be verified for this source */
async function namedSnapshot(
  id: string,
  settings: Pick<Settings, 'source' | 'receipt'>,
  { compute }: Ports,
): Promise<Snapshot> {
  const snapshot = await compute.snapshot(id);
  const problem = namedProblem(id, settings, snapshot);
  if (snapshot === undefined || problem !== undefined)
    throw new ConfigurationError({ what: 'this snapshot cannot be verified', problems: [problem ?? ''] });
  return snapshot;
}

function namedProblem(
  id: string,
  { source, receipt }: Pick<Settings, 'source' | 'receipt'>,
  snapshot: Snapshot | undefined,
): string | undefined {
  if (snapshot === undefined) return `snapshot-id: ${id} does not exist in this account and region`;
  if (isOfRotation(snapshot)) return undefined;
  if (snapshot.tags[tagNames.madeBy] !== 'ib-snapshot')
    return `snapshot-id: ${id} was made by neither ib-snapshot nor ebs-rotate`;
  if (isCopy(snapshot.tags))
    return receipt === ''
      ? `receipt: ${id} is a copy of ${primaryOf(snapshot)}; name the key of the receipt of that one`
      : undefined;
  const other = snapshot.tags[tagNames.source];
  return other === source ? undefined : `snapshot-id: ${id} is of the source "${other}", not "${source}"`;
}

const isOfRotation = ({ tags }: Snapshot): boolean => tags[tagNames.madeBy] === madeBy;

/** A backup started with `wait: started` may still be pending: a volume can be made only from a completed one. */
function completed(
  snapshot: Snapshot,
  settings: Settings,
  { compute }: Ports,
  { clock, logger, signal }: Context,
): Promise<Snapshot> {
  return poll(
    {
      what: `${snapshot.id} to be completed`,
      timeoutSeconds: settings.waitTimeout,
      pace: paces.long,
      clock,
      signal,
      onChange: (reason) => logger.info(reason),
    },
    async () => {
      const now = await compute.snapshot(snapshot.id);
      if (now?.state === 'completed') return { done: now };
      if (now?.state === 'pending') return { retry: `${snapshot.id}: ${now.progress} %` };
      throw new BackupError({
        what: `${snapshot.id} is ${now?.state ?? 'gone'}${now?.stateMessage ? `: ${now.stateMessage}` : ''}`,
        likelyCause: 'AWS could not complete it, or somebody deleted it',
        fix: 'take a new backup',
      });
    },
  );
}
