/** The inputs and outputs of verify-volume: action.yml, the README table and the parser come from here. */
import { regionPattern } from '../../domain/patterns.ts';
import {
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  oneOf,
  parsed,
  Refused,
  type SettingsOf,
} from '../../runtime/inputs.ts';
import { accessInputs, instance, mountPoint, reportInputs, serverInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Restores a snapshot onto a verification host, reads all of it, compares it with the fingerprint, and writes the verdict. Of a snapshot of ebs-rotate it checks the filesystems.';

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  'receipt-region': parsed({
    description: 'Region of receipt-bucket, where it is not aws-region: a copy is verified in its own region.',
    allowed: 'a region such as us-east-1',
    parse: (value): string => {
      if (value !== '' && !new RegExp(regionPattern).test(value)) throw new Refused('');
      return value;
    },
  }),
  'snapshot-id': parsed({
    description:
      'The snapshot to verify; empty or `newest` for the newest one of the source that has no verdict yet. Of one by ebs-rotate, which has no fingerprint, the filesystems are mounted, read and checked.',
    allowed: 'a snapshot id such as snap-0123456789abcdef0, or newest',
    parse: (value): string | undefined => {
      if (value === '' || value === 'newest') return undefined;
      if (!/^snap-[0-9a-f]{8,17}$/.test(value)) throw new Refused('');
      return value;
    },
  }),
  receipt: parsed({
    description:
      'Of a copy in another region: the key of the receipt of the snapshot that it is a copy of. Any other snapshot names its own.',
    allowed: 'a key such as receipts/SOURCE/RUN.json',
    parse: (value): string => {
      if (value !== '' && !/^receipts\/.+\.json$/.test(value)) throw new Refused('');
      return value;
    },
  }),
  instance: instance(
    'The verification host: id or Name tag of the instance. It is started when it is stopped, and stopped again afterwards.',
  ),
  'mount-point': mountPoint(
    '/ibdata-backup',
    'Where the copy is mounted on the verification host: the data directory of its service.',
  ),
  ...serverInputs,
  'volume-type': oneOf(['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1', 'standard'], {
    description: 'Type of the volume that is made from the snapshot.',
    default: 'gp3',
  }),
  'volume-initialization-rate': integer({
    description:
      'MiB/s at which AWS fills the new volume from the snapshot before it is read (AWS bills this); without it each block arrives when it is first read.',
    min: 100,
    max: 300,
  }),
  'compare-at-least': integer({
    description:
      'Percent of all rows, and of those of each table but small ones that change all the time, that must have been compared exactly for the verdict good: rows that changed on the source while the backup was taken cannot be compared.',
    default: '90',
    min: 0,
    max: 100,
  }),
  'wait-timeout': duration({
    description: 'How long to wait for a snapshot that is still pending.',
    default: '5h',
    min: 10,
    max: 86_400,
  }),
  'read-timeout': duration({
    description: 'Time limit for each step that reads the whole copy.',
    default: '5h',
    min: 30,
    max: 172_800,
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  verdict: { description: 'good, bad or unproven.' },
  'snapshot-id': { description: 'The snapshot that was verified; empty when none was without a verdict.' },
  'recovery-seconds': {
    description: 'Seconds from asking for the volume to the first served query: the measured recovery time.',
  },
  receipt: { description: 'Where the receipt is: s3://BUCKET/receipts/SOURCE/RUN.json.' },
};
