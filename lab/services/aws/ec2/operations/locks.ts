/** Snapshot locks (EC2 API reference, LockSnapshot, UnlockSnapshot, DescribeLockedSnapshots). */
import { LabAwsError } from '../../protocol/service.ts';
import { mostLockDays, type SnapshotLockRecord, type SnapshotRecord } from '../model/world.ts';
import type { Ec2Context } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { findSnapshot } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { list, refusePagesOf, required, text } from '../requests/query.ts';

const hour = 3600 * 1000;
const day = 24 * hour;
const mostCoolOffHours = 72;

type LockState = 'governance' | 'compliance' | 'compliance-cooloff' | 'expired';

export function lockState({ lock }: Pick<SnapshotRecord, 'lock'>, now: Date): LockState | undefined {
  if (lock === undefined) return undefined;
  if (now >= lock.expiresAt) return 'expired';
  const coolsOff = now.getTime() < lock.createdAt.getTime() + lock.coolOffHours * hour;
  return lock.mode === 'compliance' && coolsOff ? 'compliance-cooloff' : lock.mode;
}

/** Whether the snapshot cannot be deleted now. */
export function isLocked(snapshot: Pick<SnapshotRecord, 'lock'>, now: Date): boolean {
  const state = lockState(snapshot, now);
  return state !== undefined && state !== 'expired';
}

export function lockSnapshot(context: Ec2Context) {
  const { world, parameters, options } = context;
  const snapshot = findSnapshot(world, required(parameters, 'SnapshotId'), options.seed.accountId);
  const now = options.clock.now();
  const lock = requestedLock(context, now);
  context.authorize('ec2:LockSnapshot', [{ type: 'snapshot', id: snapshot.id, tags: snapshot.tags }], {
    'ec2:SnapshotLockDuration': String(lock.days),
    ...(lock.coolOffHours > 0 ? { 'ec2:SnapshotCoolOffPeriod': String(lock.coolOffHours) } : {}),
  });
  context.endDryRun();
  if (snapshot.state === 'error') throw new LabAwsError('IncorrectState', `The snapshot ${snapshot.id} has failed.`);
  // Once the cooling-off period is over, a lock can only be made longer.
  const weaker =
    lock.mode !== 'compliance' || lock.coolOffHours > 0 || lock.expiresAt < (snapshot.lock?.expiresAt ?? now);
  if (lockState(snapshot, now) === 'compliance' && weaker)
    throw new LabAwsError('IncorrectState', `The lock of ${snapshot.id} in compliance mode can only be extended.`);
  snapshot.lock = lock;
  return lockView(snapshot, now);
}

/** @throws LabAwsError */
function requestedLock({ parameters }: Ec2Context, now: Date): SnapshotLockRecord {
  const mode = required(parameters, 'LockMode');
  if (mode !== 'governance' && mode !== 'compliance') throw invalid(`LockMode ${mode}`);
  const [days, until] = [text(parameters, 'LockDuration'), text(parameters, 'ExpirationDate')];
  if ((days === undefined) === (until === undefined))
    throw new LabAwsError('InvalidParameterCombination', 'Specify either LockDuration or ExpirationDate.');
  const span = days === undefined ? (Date.parse(until ?? '') - now.getTime()) / day : Number(days);
  if (!(span >= 1 && span <= mostLockDays) || (days !== undefined && !Number.isInteger(span)))
    throw invalid('LockDuration must be from 1 to 36500 days');
  const coolOffHours = Number(text(parameters, 'CoolOffPeriod') ?? 0);
  const given = text(parameters, 'CoolOffPeriod') !== undefined;
  if (given && (mode === 'governance' || !(coolOffHours >= 1 && coolOffHours <= mostCoolOffHours)))
    throw invalid('CoolOffPeriod is for compliance mode, from 1 to 72 hours');
  return {
    mode,
    coolOffHours,
    createdAt: now,
    days: Math.ceil(span),
    expiresAt: new Date(now.getTime() + span * day),
  };
}

function invalid(what: string): LabAwsError {
  return new LabAwsError('InvalidParameterValue', `The value is not valid: ${what}.`);
}

export function unlockSnapshot(context: Ec2Context) {
  const { world, parameters, options } = context;
  const snapshot = findSnapshot(world, required(parameters, 'SnapshotId'), options.seed.accountId);
  context.authorize('ec2:UnlockSnapshot', [{ type: 'snapshot', id: snapshot.id, tags: snapshot.tags }]);
  context.endDryRun();
  if (lockState(snapshot, options.clock.now()) === 'compliance')
    throw new LabAwsError('IncorrectState', `The snapshot ${snapshot.id} is locked in compliance mode.`);
  snapshot.lock = undefined;
  return { snapshotId: snapshot.id };
}

export function describeLockedSnapshots(context: Ec2Context) {
  const { world, parameters, options } = context;
  context.authorize('ec2:DescribeLockedSnapshots', []);
  context.endDryRun();
  const now = options.clock.now();
  const fields: Fields<SnapshotRecord> = { 'lock-state': (one) => lockState(one, now) };
  const ids = list(parameters, 'SnapshotId');
  refusePagesOf(parameters, ids, 'snapshotSet');
  const named = ids.map((id) => findSnapshot(world, id, options.seed.accountId));
  const passes = filter(parameters, fields);
  const { items, nextToken } = page(
    context,
    () =>
      (ids.length > 0 ? named : [...world.snapshots.values()]).filter((one) => one.lock !== undefined && passes(one)),
    (one) => world.snapshots.has(one.id),
  );
  return { snapshotSet: items.map((one) => ({ ownerId: one.owner, ...lockView(one, now) })), nextToken };
}

function lockView({ id, lock }: SnapshotRecord, now: Date) {
  if (lock === undefined) return {};
  const { coolOffHours, createdAt, days, expiresAt } = lock;
  return {
    snapshotId: id,
    lockState: lockState({ lock }, now),
    lockDuration: days,
    ...(coolOffHours > 0
      ? {
          coolOffPeriod: coolOffHours,
          coolOffPeriodExpiresOn: new Date(createdAt.getTime() + coolOffHours * hour).toISOString(),
        }
      : {}),
    lockCreatedOn: createdAt.toISOString(),
    lockDurationStartTime: createdAt.toISOString(),
    lockExpiresOn: expiresAt.toISOString(),
  };
}
