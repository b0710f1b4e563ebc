/** The inputs and outputs of ib-snapshot: action.yml, the README table and the parser come from here. */
import { readFileSync, statSync } from 'node:fs';
import { ConfigurationError } from '../../runtime/errors.ts';
import {
  boolean,
  defineInputs,
  duration,
  exclusive,
  integer,
  type OutputDefinition,
  oneOf,
  pairs,
  text,
  type Values,
} from '../../runtime/inputs.ts';
import { accessInputs, instance, mountPoint, reportInputs, serverInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Brings a database host to rest, snapshots its data volume, and brings it back: under a lease, with a fingerprint for the proof.';

/** Bytes of a checks file: it travels to the host as a parameter of an SSM command. */
const checksLimit = 32 * 1024;

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  instance: instance('The source: id or Name tag of the instance.'),
  'mount-point': mountPoint(
    '/ibdata',
    'Where the data volume is mounted on the host; the EBS volume behind it is found on the host itself.',
  ),
  ...serverInputs,
  quiesce: oneOf(['stop', 'freeze'], {
    description:
      'How the source is brought to rest: stop (stop the service, unmount) or freeze (flush and lock the tables, freeze the filesystem).',
    default: 'stop',
  }),
  'max-pause': duration({
    description: 'The lease: after this time the host resumes by itself, whatever happened here.',
    default: '2m',
    min: 4,
    max: 3600,
  }),
  checks: text({
    description:
      'SQL statements whose results the restored copy must match, each ended by a semicolon; a line `-- name: WORDS` before one names it.',
    maxLength: checksLimit,
  }),
  'checks-file': text({ description: 'File in the workspace with such statements.' }),
  fingerprint: oneOf(['auto', 'aggregates'], {
    description:
      'How tables are read: auto (CHECKSUM TABLE where the engine has it, aggregates over every column elsewhere) or aggregates everywhere.',
    default: 'auto',
  }),
  'fingerprint-under-lock': boolean({
    description:
      'Take the fingerprint while the tables are locked: exact, but it lengthens the pause. Only with quiesce: freeze.',
    default: 'false',
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
  tags: pairs({ description: 'Further tags for the snapshot, one key=value a line.' }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  exclusive('checks', 'checks-file'),
  (values) =>
    values['fingerprint-under-lock'] === true && values.quiesce === 'stop'
      ? ['fingerprint-under-lock: a stopped server answers no queries; allowed: true only with quiesce: freeze']
      : [],
  ({ 'api-timeout': request, 'max-pause': lease }) =>
    request !== undefined && lease !== undefined && request * 4 > lease
      ? [
          `api-timeout: ${request} s is more than a quarter of max-pause (${lease} s), so one unanswered request could use up the lease; allowed: at most ${Math.floor(lease / 4)}s`,
        ]
      : [],
  ({ tags }) =>
    Object.keys(tags ?? {})
      .filter((key) => /^(aws:|holdfast:)|^(Type|DeleteOn|Integrity|DBBackupValid)$/.test(key))
      .map((key) => `tags: "${key}" is a tag that AWS or Holdfast sets; allowed: any other key`),
  ({ tags }) =>
    Object.keys(tags ?? {}).length > 30
      ? ['tags: more than 30 are given; a snapshot carries 50 in all; allowed: at most 30']
      : [],
]);

export type IbSnapshotInputs = Values<typeof definitions> & {
  /** The SQL of `checks` or `checks-file`. */
  readonly statements: string;
};

/** Parses, and reads the checks file, so that an unreadable one is named beside every other mistake. */
export function parseInputs(read: (name: string) => string): IbSnapshotInputs {
  const problems: string[] = [];
  const file = read('checks-file').trim();
  const inline = read('checks').trim();
  let statements = inline;
  if (file !== '') {
    try {
      if (statSync(file).size > checksLimit)
        problems.push(`checks-file: ${file} is larger than ${checksLimit} bytes; allowed: at most that`);
      else statements = inline || readFileSync(file, 'utf8').trim();
      if (problems.length === 0 && statements === '')
        problems.push(`checks-file: ${file} is empty; allowed: SQL statements ended by semicolons`);
    } catch (error) {
      problems.push(
        `checks-file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); allowed: a readable file in the workspace`,
      );
    }
  }
  try {
    const values = inputs.parse(read);
    if (problems.length === 0) return { ...values, statements };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.unshift(...error.problems);
  }
  throw new ConfigurationError({
    what: `${problems.length === 1 ? 'one input is' : `${problems.length} inputs are`} wrong; nothing was done`,
    problems,
  });
}

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  'snapshot-id': { description: 'The snapshot.' },
  'volume-id': { description: 'The EBS volume it was taken of.' },
  'pause-seconds': { description: "How long the source was away for its users, by the host's own clock." },
  receipt: { description: 'Where the receipt is: s3://BUCKET/receipts/SOURCE/RUN.json.' },
};
