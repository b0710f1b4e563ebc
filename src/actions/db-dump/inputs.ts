/** The inputs and outputs of db-dump: action.yml, the README table and the parser come from here. */
import { tmpdir } from 'node:os';
import type { DumpFileKind } from '../../domain/dump.ts';
import { parseConnection } from '../../dump/engines/postgres/connection.ts';
import { fileKinds } from '../../dump/files.ts';
import {
  boolean,
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  oneOf,
  parsed,
  Refused,
  type SettingsOf,
  text,
} from '../../runtime/inputs.ts';
import { pseudonymKey, rulesInput } from '../common/anonymize-inputs.ts';
import { accessInputs, container, hostPath, instance, reportInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Dumps a database at one point in time to S3: an archive, plain SQL and an anonymised copy, each proven by a restore.';

const listedKinds = 'archive, plain and anonymised, separated by spaces';

/** Parses a list of files; `none` is the empty list. @throws Refused */
function parseKinds(list: string): readonly DumpFileKind[] {
  const words = list === 'none' ? [] : list.split(/ +/);
  if (words.some((word) => !fileKinds.some((kind) => kind === word))) throw new Refused('');
  return fileKinds.filter((kind) => words.includes(kind));
}

/** A database URL, parsed; undefined when it is not given. */
const databaseUrl = (name: string, description: string) =>
  parsed({
    description,
    secret: true,
    allowed: 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require',
    parse: (url) => (url === '' ? undefined : parseConnection(url, name)),
  });

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  engine: oneOf(['postgres'], { description: 'Database engine.', default: 'postgres' }),
  'database-url': databaseUrl(
    'database-url',
    'The database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require. The role needs to read everything, and nothing more. Give either this, or instance and database.',
  ),
  instance: instance(
    'Id or Name tag of the instance that dumps, through SSM, when the runner cannot reach the database. The instance carries the tag holdfast:host with the value source. It needs the dump tools and curl, but no AWS credentials.',
    { required: false },
  ),
  container: text({
    description: 'Container on the instance (docker or podman) that holds server and dump tools.',
    pattern: container,
    allowed: 'the name of a container',
  }),
  database: text({
    description: 'Database on the instance.',
    pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/,
    allowed: 'letters, digits and _.-',
  }),
  'host-user': text({
    description:
      'Account on the instance, or in the container, that dumps. The database role has the same name, so that peer authentication lets it in without a password.',
    default: 'postgres',
    pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
    allowed: 'the name of an account',
  }),
  'host-port': integer({ description: 'Port of the server on the instance.', default: '5432', min: 1, max: 65535 }),
  'host-folder': text({
    description: 'Folder on the instance for the archives. Each database gets a folder of its own in it.',
    default: '/var/backups/holdfast',
    pattern: hostPath,
    allowed: 'an absolute path',
  }),
  'keep-on-host': integer({
    description: 'Number of proven archives to keep on the instance.',
    default: '10',
    min: 1,
    max: 1000,
  }),
  'host-timeout': duration({
    description: 'Time after which a dump on an instance ends by itself.',
    default: '6h',
    min: 60,
    max: 172_800,
  }),
  'scratch-url': databaseUrl(
    'scratch-url',
    'Server on which the dumps are restored for the proof, under a role made for each restore, which owns one scratch database and nothing else. The role in the URL must be allowed to create databases and roles. Without it, and for dumps that such a role cannot restore, the action starts a PostgreSQL server of its own on the runner (docs/postgres.md).',
  ),
  'scratch-superuser': boolean({
    description:
      'Whether the server in scratch-url holds nothing else, as a service container of the job does. Then the restoring role is a superuser there.',
    default: 'false',
  }),
  bucket: text({
    description: 'S3 bucket for the files.',
    required: true,
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "a bucket's name, without s3://",
  }),
  prefix: text({
    description: 'Prefix of the keys.',
    default: 'db/',
    pattern: /^([A-Za-z0-9!_.*'()-]+\/)*$/,
    allowed: 'folders that end with a slash, such as db/',
  }),
  name: text({
    description: 'Name of the files: NAME.dump, NAME.gz, NAME.anon.gz. Default: the name of the source.',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    allowed: 'letters, digits and ._-',
  }),
  files: parsed({
    description: 'Files to make. The archive is always made, since the others are made from it.',
    default: 'archive plain anonymised',
    allowed: listedKinds,
    parse: (list) => parseKinds(list === 'none' ? 'archive' : `archive ${list}`),
  }),
  prove: parsed({
    description: 'Files to restore and to compare with the source. With `none`, the dump stays unproven.',
    default: 'archive plain anonymised',
    allowed: `${listedKinds}; or none`,
    parse: parseKinds,
  }),
  'keep-as': oneOf(['versions', 'dated'], {
    description:
      'versions: the keys stay the same, and the bucket keeps older versions; dated: each dump gets a folder of its own, and this action deletes the oldest.',
    default: 'versions',
  }),
  keep: integer({
    description:
      'Number of dumps to keep. With versions, it is the number of non-current versions in the lifecycle rule of the bucket; a rule that differs is a warning. The last proven dump is never deleted.',
    default: '45',
    min: 1,
    max: 1000,
  }),
  rules: rulesInput('File in the workspace with the rules of the anonymised file (docs/anonymize.md).'),
  'anonymize-key': pseudonymKey(
    'Secret key of pseudonyms, at least 16 characters. The same key gives the same pseudonyms in every dump; without a key they differ from dump to dump.',
  ),
  'compression-level': integer({ description: 'gzip level of the SQL files.', default: '5', min: 1, max: 9 }),
  'archive-level': integer({
    description:
      "pg_dump's compression level inside the archive. 5 takes a seventh less time than 6, for three percent more bytes.",
    default: '5',
    min: 0,
    max: 9,
  }),
  'archive-format': oneOf(['custom', 'directory'], {
    description:
      'custom: one file; directory: dumped and restored by parallel jobs, for large databases, and stored as one tar file. directory takes the space of the archive twice where it is made.',
    default: 'custom',
  }),
  jobs: integer({
    description: 'Parallel jobs of dump and restore, with archive-format: directory.',
    default: '4',
    min: 1,
    max: 64,
  }),
  'lock-timeout': duration({
    description: 'How long the dump waits for a lock on a table.',
    default: '1m',
    min: 1,
    max: 3600,
  }),
  'max-change': parsed({
    description: 'A size or row count that changed by more than this since the last good dump is a warning.',
    default: '30%',
    allowed: 'a share such as 30%',
    parse: (share) => {
      if (!/^\d{1,4}%$/.test(share)) throw new Refused('');
      return Number.parseInt(share, 10) / 100;
    },
  }),
  'work-directory': parsed({
    description:
      'Folder for the archive while the other files are made from it. Default: the temporary folder of the runner.',
    allowed: 'a path',
    parse: (path) => path || process.env.RUNNER_TEMP || tmpdir(),
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  ({ archiveFormat }, given) => {
    const problems: string[] = [];
    if (!given('database-url') && !given('instance'))
      problems.push('database-url: it is missing; allowed: a URL, or instance and database');
    if (given('database-url') && given('instance'))
      problems.push('instance: database-url is given too; allowed: one of them');
    if (given('instance') && !given('database'))
      problems.push('database: it is needed with instance; allowed: its name');
    if (!given('instance') && (given('database') || given('container')))
      problems.push(`${given('database') ? 'database' : 'container'}: it needs instance; allowed: only with instance`);
    if (given('container') && archiveFormat === 'directory')
      problems.push('archive-format: directory does not work in a container; allowed: custom');
    return problems;
  },
  ({ scratchSuperuser }, given) =>
    scratchSuperuser && !given('scratch-url')
      ? ['scratch-superuser: it says something of the server in scratch-url; allowed: only with scratch-url']
      : [],
  ({ prove, files }) => {
    if (prove === undefined || files === undefined) return [];
    const more = prove.filter((kind) => !files.includes(kind));
    return more.length > 0 ? [`prove: ${more.join(', ')} is not made (input files); allowed: ${files.join(', ')}`] : [];
  },
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  verdict: { description: 'good, bad or unproven.' },
  receipt: { description: 'Location of the receipt: s3://BUCKET/receipts/SOURCE/….json.' },
  archive: { description: 'Location of the archive: s3://BUCKET/KEY?versionId=…' },
  plain: { description: 'Location of the plain SQL.' },
  anonymised: { description: 'Location of the anonymised SQL.' },
  'restore-seconds': { description: 'Seconds that the restore of the archive took.' },
  warnings: { description: 'Number of warnings.' },
};
