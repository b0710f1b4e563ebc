/** What every role that may lock snapshots must be refused of locks and of their tags. */
import { automated, byIbSnapshot, foreign, type Row, snapshot, snapshotElsewhere, tag } from './things.ts';

export const locks: readonly Row[] = [
  ['somebody else’s snapshot locked', 'ec2:LockSnapshot', snapshot, { ...foreign, 'ec2:SnapshotLockDuration': '7' }],
  [
    'a snapshot locked for a century',
    'ec2:LockSnapshot',
    snapshot,
    { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '36500' },
  ],
  [
    'a snapshot locked in another partition',
    'ec2:LockSnapshot',
    snapshotElsewhere,
    { ...tag('Resource', { ...byIbSnapshot, ...automated }), 'ec2:SnapshotLockDuration': '7' },
  ],
  [
    'a lock made shorter',
    'ec2:LockSnapshot',
    snapshot,
    {
      ...tag('Resource', { ...byIbSnapshot, ...automated, 'holdfast:locked': 'Yes' }),
      'ec2:SnapshotLockDuration': '1',
    },
  ],
  [
    'a foreign snapshot marked as locked',
    'ec2:CreateTags',
    snapshot,
    { ...foreign, ...tag('Request', { 'holdfast:locked': 'x' }) },
  ],
  [
    'a snapshot marked as locked in another partition',
    'ec2:CreateTags',
    snapshotElsewhere,
    { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { 'holdfast:locked': 'x' }) },
  ],
  [
    'another tag on a snapshot that may be locked',
    'ec2:CreateTags',
    snapshot,
    { ...tag('Resource', { ...byIbSnapshot, ...automated }), ...tag('Request', { Owner: 'x' }) },
  ],
  ['a lock taken off', 'ec2:UnlockSnapshot', snapshot, tag('Resource', { ...byIbSnapshot, ...automated })],
];
