/** The inputs and outputs of ib-snapshot: action.yml, the README table and the parser come from here. */
import { readFileSync, statSync } from 'node:fs';
import {
  defineInputs,
  duration,
  exclusive,
  integer,
  type OutputDefinition,
  oneOf,
  pairs,
  parsed,
  Refused,
  type SettingsOf,
  text,
} from '../../runtime/inputs.ts';
import {
  accessInputs,
  instance,
  lockInputs,
  lockProblems,
  mountPoint,
  reportInputs,
  serverInputs,
  sourceInputs,
} from '../common/inputs.ts';

export const description =
  'Quiesces a database host, snapshots its data volume, and resumes the host: under a lease, with a fingerprint for the proof.';

/** Bytes of a checks file: it travels to the host as a parameter of an SSM command. */
const checksLimit = 32 * 1024;

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  instance: instance('The source: id or Name tag of the instance.'),
  'mount-point': mountPoint(
    '/ibdata',
    'Where the data volume is mounted on the host; the EBS volume under it is found on the host itself.',
  ),
  ...serverInputs,
  quiesce: oneOf(['stop', 'freeze'], {
    description:
      'How the source is quiesced: stop (stop the service, unmount the volume) or freeze (flush and lock the tables, freeze the filesystem).',
    default: 'stop',
  }),
  'max-pause': duration({
    description: 'The lease: after this time the host resumes by itself, whatever happens here.',
    default: '2m',
    min: 4,
    max: 3600,
  }),
  checks: text({
    description:
      'SQL statements whose results the restored copy must match, each ending in a semicolon; a line `-- name: WORDS` before a statement names it.',
    maxLength: checksLimit,
  }),
  'checks-file': parsed({
    description: 'File in the workspace with such statements.',
    allowed: `a readable file in the workspace, at most ${checksLimit} bytes`,
    parse: readChecks,
  }),
  fingerprint: oneOf(['auto', 'aggregates'], {
    description:
      'How tables are read: auto (a hash of each row, by ranges, so that a table that is written to is compared where it stood still) or aggregates (the same hashes without ranges, and aggregates over each column: for a server that is slow at GROUP BY).',
    default: 'auto',
  }),
  'fingerprint-under-lock': oneOf(['auto', 'true', 'false'], {
    description:
      'Whether the copy is compared with the tables as they were at the lock, exactly, and not only with what did not change around the pause. With freeze, InnoDB tables cost no pause, all others are read under the lock; with stop, all tables are read before the service is stopped, which lengthens the pause. auto: true with freeze if that takes less than half of max-pause, false with stop.',
    default: 'auto',
  }),
  wait: oneOf(['completed', 'started'], {
    description: 'Return when the snapshot is completed, or as soon as it has begun and the source is back.',
    default: 'completed',
  }),
  'wait-timeout': duration({
    description: 'How long to wait for the snapshot to be completed.',
    default: '5h',
    min: 10,
    max: 86_400,
  }),
  'retention-days': integer({
    description: 'Days until the snapshot may be deleted (tag DeleteOn).',
    default: '14',
    min: 1,
    max: 3650,
  }),
  ...lockInputs,
  tags: pairs({ description: 'Further tags for the snapshot, one key=value a line.' }),
  ...reportInputs,
} as const;

/** @returns the statements in the file; empty when none is named */
function readChecks(path: string): string {
  if (path === '') return '';
  try {
    if (statSync(path).size > checksLimit) throw new Refused(`${path} is larger than ${checksLimit} bytes`);
    const statements = readFileSync(path, 'utf8').trim();
    if (statements === '') throw new Refused(`${path} is empty`);
    return statements;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

export const inputs = defineInputs(definitions, [
  exclusive('checks', 'checks-file'),
  ({ apiTimeout: request, maxPause: lease }) =>
    request !== undefined && lease !== undefined && request * 4 > lease
      ? [
          `api-timeout: ${request} s is more than a quarter of max-pause (${lease} s), so one unanswered request could use up the lease; allowed: at most ${Math.floor(lease / 4)}s`,
        ]
      : [],
  (settings) => lockProblems(settings, settings.retentionDays, 'retention-days'),
  ({ tags }) =>
    Object.keys(tags ?? {})
      .filter((key) => /^(aws:|holdfast:)|^(Type|DeleteOn|Integrity|DBBackupValid)$/.test(key))
      .map((key) => `tags: "${key}" is a tag that AWS or Holdfast sets; allowed: any other key`),
  ({ tags }) =>
    Object.keys(tags ?? {}).length > 30
      ? ['tags: more than 30 are given; a snapshot carries 50 in all; allowed: at most 30']
      : [],
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  'snapshot-id': { description: 'The snapshot.' },
  'volume-id': { description: 'The EBS volume that was snapshotted.' },
  'pause-seconds': { description: "Seconds for which the source was unavailable, by the host's own clock." },
  receipt: { description: 'Where the receipt is: s3://BUCKET/receipts/SOURCE/RUN.json.' },
};
