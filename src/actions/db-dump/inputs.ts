/** The inputs and outputs of db-dump: action.yml, the README table and the parser come from here. */
import { existsSync, readFileSync } from 'node:fs';
import { noRules, parseRules, type RulesFile } from '../../anonymize/rules/file/rules-file.ts';
import type { DumpFileKind } from '../../domain/dump.ts';
import { type Connection, parseConnection } from '../../dump/engines/postgres/connection.ts';
import { fileKinds } from '../../dump/files.ts';
import { ConfigurationError } from '../../runtime/errors.ts';
import {
  defineInputs,
  duration,
  integer,
  type OutputDefinition,
  oneOf,
  secret,
  text,
  type Values,
} from '../../runtime/inputs.ts';
import { accessInputs, container, hostPath, instance, reportInputs, sourceInputs } from '../common/inputs.ts';

export const description =
  'Dumps a database in one moment: an archive, plain SQL and an anonymised copy that agree with each other, each proven by a restore.';

const kindList = /^(|none|(archive|plain|anonymised)( +(archive|plain|anonymised))*)$/;

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  engine: oneOf(['postgres'], { description: 'What kind of database it is.', default: 'postgres' }),
  'database-url': secret({
    description:
      'Where the database is: postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require. A role that may read everything is enough. Either this, or instance and database.',
  }),
  instance: instance(
    'Id or Name tag of the instance to dump on, through SSM: for a database that cannot be reached from the runner. It carries the tag holdfast:host with the value source. The host needs the dump tools and curl, and no AWS credentials.',
    { required: false },
  ),
  container: text({
    description: 'Name of the container on the instance in which server and dump tools are (docker or podman).',
    pattern: container,
    allowed: 'the name of a container',
  }),
  database: text({
    description: 'Name of the database on the instance.',
    pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/,
    allowed: 'letters, digits and _.-',
  }),
  'host-user': text({
    description:
      'Account of the instance, or of the container, that dumps: also the role of the database, which lets it in without a password (peer authentication).',
    default: 'postgres',
    pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
    allowed: 'the name of an account',
  }),
  'host-port': integer({ description: 'Port of the server on the instance.', default: '5432', min: 1, max: 65535 }),
  'host-folder': text({
    description: 'Folder on the instance for the archives; each database has its own below it.',
    default: '/var/backups/holdfast',
    pattern: hostPath,
    allowed: 'an absolute path',
  }),
  'keep-on-host': integer({
    description: 'Proven archives that the instance keeps.',
    default: '10',
    min: 1,
    max: 1000,
  }),
  'host-timeout': duration({
    description: 'How long a dump on an instance may take before it ends by itself.',
    default: '6h',
    min: 60,
    max: 172_800,
  }),
  'scratch-url': secret({
    description:
      'A server on which the dumps are restored for the proof: a service container of the job, for instance. Its role must be allowed to create databases and roles; each restore runs under a role of its own that owns one scratch database.',
  }),
  bucket: text({
    description: 'S3 bucket for the files.',
    required: true,
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "a bucket's name, without s3://",
  }),
  prefix: text({
    description: 'Where the keys of the files begin.',
    default: 'db/',
    pattern: /^([A-Za-z0-9!_.*'()-]+\/)*$/,
    allowed: 'folders that end with a slash, such as db/',
  }),
  name: text({
    description: 'Name of the files: NAME.dump, NAME.gz, NAME.anon.gz. Without it the name of the source.',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    allowed: 'letters, digits and ._-',
  }),
  files: text({
    description: 'Which files are made. The archive always is: the others are made from it.',
    default: 'archive plain anonymised',
    pattern: kindList,
    allowed: 'archive, plain and anonymised, with blanks between',
  }),
  prove: text({
    description: 'Which files are restored and compared with the source; or none, which leaves the dump unproven.',
    default: 'archive plain anonymised',
    pattern: kindList,
    allowed: 'archive, plain and anonymised, with blanks between; or none',
  }),
  'keep-as': oneOf(['versions', 'dated'], {
    description:
      'versions: always the same keys, whose older versions the bucket keeps; dated: a folder for each dump, of which this action deletes the oldest.',
    default: 'versions',
  }),
  keep: integer({
    description:
      'How many dumps are kept. With versions: non-current versions, as the lifecycle rule of the bucket has them (the action says when the rule differs). The last proven dump is never deleted.',
    default: '45',
    min: 1,
    max: 1000,
  }),
  rules: text({ description: 'File in the workspace with the rules of the anonymised file (docs/anonymize.md).' }),
  'anonymize-key': secret({
    description:
      'Secret for pseudonyms, at least 16 characters: the same key gives the same pseudonyms in every dump. Without it each dump has others.',
    pattern: /^.{16,}$/s,
    allowed: 'at least 16 characters',
  }),
  'compression-level': integer({ description: "gzip's level of the SQL files.", default: '5', min: 1, max: 9 }),
  'archive-level': integer({
    description:
      "pg_dump's level of compression inside the archive: 5 takes a seventh less time than 6, for three percent more.",
    default: '5',
    min: 0,
    max: 9,
  }),
  'archive-format': oneOf(['custom', 'directory'], {
    description:
      'custom: one file; directory: dumped and restored by several jobs side by side, for large databases, as one tar file. It takes the room of the archive once more where it is made.',
    default: 'custom',
  }),
  jobs: integer({
    description: 'Tables that are dumped and restored side by side with archive-format: directory.',
    default: '4',
    min: 1,
    max: 64,
  }),
  'lock-timeout': duration({
    description: 'How long the dump waits for a lock that something else holds on a table.',
    default: '1m',
    min: 1,
    max: 3600,
  }),
  'max-change': text({
    description: 'A change of sizes or rows against the last good dump beyond this share is a warning.',
    default: '30%',
    pattern: /^\d{1,4}%$/,
    allowed: 'a share such as 30%',
  }),
  'work-directory': text({
    description:
      'Folder for the archive while the other files are made from it. Without it the temporary folder of the runner.',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  ({ 'database-url': url, instance, database, container, 'archive-format': format }) => {
    const problems: string[] = [];
    if (url === '' && instance === '')
      problems.push('database-url: it is missing; allowed: a URL, or instance and database');
    if (url !== undefined && url !== '' && instance !== '')
      problems.push('instance: database-url is given too; allowed: one of them');
    if (instance !== '' && database === '') problems.push('database: it is needed with instance; allowed: its name');
    if (instance === '' && (database !== '' || container !== ''))
      problems.push(
        `${database !== '' ? 'database' : 'container'}: it is for a dump on an instance; allowed: with instance`,
      );
    if (container !== '' && format === 'directory')
      problems.push('archive-format: directory is not for a container; allowed: custom');
    return problems;
  },
  ({ prove, 'scratch-url': scratch }) =>
    prove !== undefined && prove !== 'none' && prove !== '' && scratch === ''
      ? ['scratch-url: it is needed to prove the files; allowed: a server where databases may be made, or prove: none']
      : [],
  ({ prove, files }) => {
    if (prove === undefined || files === undefined) return [];
    const made = new Set(['archive', ...files.split(/ +/)]);
    const more = kindsOf(prove).filter((kind) => !made.has(kind));
    return more.length > 0 ? [`prove: ${more.join(', ')} is not made (files); allowed: ${[...made].join(', ')}`] : [];
  },
]);

function kindsOf(words: string): DumpFileKind[] {
  return fileKinds.filter((kind) => words.split(/ +/).includes(kind));
}

export type DbDumpInputs = Values<typeof definitions> & {
  /** Undefined for a dump on an instance. */
  readonly connection: Connection | undefined;
  readonly scratch: Connection | undefined;
  readonly made: readonly DumpFileKind[];
  readonly proven: readonly DumpFileKind[];
  readonly rulesFile: RulesFile;
};

/** Parses, and reads URLs and rules, so that what is wrong in them is named beside every other mistake. */
export function parseInputs(read: (name: string) => string): DbDumpInputs {
  const problems: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const values = attempt(() => inputs.values(read));
  const url = read('database-url').trim();
  const scratchUrl = read('scratch-url').trim();
  const rulesPath = read('rules').trim();
  const connection = url === '' ? undefined : attempt(() => parseConnection(url, 'database-url'));
  const scratch = scratchUrl === '' ? undefined : attempt(() => parseConnection(scratchUrl, 'scratch-url'));
  const rulesFile = rulesPath === '' ? noRules : attempt(() => readRules(rulesPath, 'rules'));
  if (problems.length > 0 || values === undefined || rulesFile === undefined)
    throw new ConfigurationError({
      what: `${problems.length === 1 ? 'one input is' : `${problems.length} inputs are`} wrong; nothing was done`,
      problems,
    });
  return {
    ...values,
    connection,
    scratch,
    made: ['archive', ...kindsOf(values.files).filter((kind) => kind !== 'archive')],
    proven: kindsOf(values.prove),
    rulesFile,
  };
}

/** @throws ConfigurationError */
export function readRules(path: string, input: string): RulesFile {
  if (!existsSync(path))
    throw new ConfigurationError({
      what: 'one input is wrong; nothing was done',
      problems: [`${input}: ${path} is not there; allowed: a file in the workspace (does the job check it out?)`],
    });
  return parseRules(readFileSync(path, 'utf8'), path);
}

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  verdict: { description: 'good, bad or unproven.' },
  receipt: { description: 'Where the receipt is: s3://BUCKET/receipts/SOURCE/….json.' },
  archive: { description: 'Where the archive is: s3://BUCKET/KEY?versionId=…' },
  plain: { description: 'Where the plain SQL is.' },
  anonymised: { description: 'Where the anonymised SQL is.' },
  'restore-seconds': { description: 'How long the restore of the archive took.' },
  warnings: { description: 'How many warnings there are.' },
};
