/** The inputs and outputs of db-dump: action.yml, the README table and the parser come from here. */
import { tmpdir } from 'node:os';
import { engineNames } from '../../domain/engine.ts';
import { fileCompressions } from '../../dump/files.ts';
import { allowedLabel, labelPattern } from '../../dump/pins/marks.ts';
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
import { compressionLevel } from '../common/compression-inputs.ts';
import { accessInputs, container, hostPath, instance, reportInputs, sourceInputs } from '../common/inputs.ts';
import { databaseUrl } from './connections.ts';
import { parseFormat, parseKinds, parseWords } from './input-lists.ts';
import { againProblems, choiceProblems, engineProblems, markProblems, placeProblems } from './input-rules.ts';

export const description =
  'Dumps a database (PostgreSQL, MySQL, MariaDB, MongoDB) at one point in time to S3: an archive and an anonymised copy, of PostgreSQL plain SQL too, each proven by a restore.';

const listedKinds = 'archive, plain and anonymised, separated by spaces';

/** Words that no program takes for an option. */
const databaseName = /^[^-\s*?[\]][^\s*?[\]]*$/;
const databasePattern = /^[^-\s]\S*$/;
/** A label of a name (Kubernetes documentation, "Object Names and IDs"). */
const kubeLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const definitions = {
  ...accessInputs,
  ...sourceInputs,
  engine: oneOf(engineNames, {
    description: 'Database engine: PostgreSQL; MySQL and MariaDB (and Infobright, with locks); MongoDB.',
    default: 'postgres',
  }),
  'database-url': databaseUrl(
    'database-url',
    'The database, with a user who may read everything, and nothing more. With mysql and mongodb, a URL without a database is all databases of the server, in one dump. In a pod or a container, it says how the server is called there, such as localhost. With postgres, give either this, or instance and database; with mongodb, this or instance.',
  ),
  instance: instance(
    'Id or Name tag of the instance that dumps, through SSM, when the runner cannot reach the database. With postgres and mongodb. The instance carries the tag holdfast:host with the value source. It needs the dump tools and curl, but no AWS credentials.',
    { required: false },
  ),
  container: text({
    description:
      'Container (docker or podman) that holds server and dump tools: on the instance, or with mysql and mongodb on the runner.',
    pattern: container,
    allowed: 'the name of a container',
  }),
  database: parsed({
    description:
      'Database on the instance; with database-url, the database that is dumped in place of the one in the URL.',
    allowed: 'letters, digits and _.-; with database-url any name',
    parse: (name, textOf) => {
      if (name !== '' && textOf('instance') !== '' && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(name))
        throw new Refused('');
      return name;
    },
  }),
  databases: parsed({
    description:
      'With mysql and mongodb, and a URL without a database: the databases to dump. Every other one of the server is named in plan and summary, unless exclude-databases names it. Without it all are dumped.',
    allowed: 'names, separated by spaces',
    parse: (list) => parseWords(list, databaseName),
  }),
  'exclude-databases': parsed({
    description: 'Databases of the server to leave out. A pattern such as test_* stands for all that fit.',
    allowed: 'names or patterns with * and ?, separated by spaces',
    parse: (list) => parseWords(list, databasePattern),
  }),
  'list-databases': boolean({
    description:
      'Dump nothing: give the databases of the server in database-url as the output databases, less exclude-databases. A job for each of them dumps it (docs/postgres.md). With postgres, whose dumps are of one database; the other engines dump all databases at once.',
    default: 'false',
  }),
  'prove-again': text({
    description:
      'Dump nothing: prove a dump that is kept, and write the result into its receipt. newest, the beginning of its point in time (2026-11-21, 2026-11-21T04:05), its label, or the key of its receipt. The database is not needed; the scratch server is.',
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._:/=+@-]{0,400}$/,
    allowed:
      'newest, a point in time such as 2026-11-21T04:05, a label, or the key of a receipt (receipts/…/dump-….json)',
  }),
  'kube-service': text({
    description:
      'Service in Kubernetes, such as mongo-service: the dump tools run in a ready pod behind it, through kubectl exec. With mysql and mongodb.',
    pattern: kubeLabel,
    allowed: 'the name of a service',
  }),
  'kube-pod': text({
    description: 'Pod in which the dump tools run, in place of kube-service.',
    pattern: /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    allowed: 'the name of a pod',
  }),
  'kube-namespace': text({
    description: 'Namespace of service and pod. Default: that of the context.',
    pattern: kubeLabel,
    allowed: 'the name of a namespace',
  }),
  'kube-context': text({
    description: "Context of the runner's kubeconfig. Default: its current one.",
    pattern: /^[A-Za-z0-9][^\s'"\\]{0,252}$/,
    allowed: 'the name of a context',
  }),
  'kube-container': text({
    description: 'Container of the pod. Default: the one that kubectl chooses.',
    pattern: kubeLabel,
    allowed: 'the name of a container of the pod',
  }),
  oplog: oneOf(['auto', 'true', 'false'], {
    description:
      'Whether the dump of a MongoDB replica set holds its operations log, so that all of it is of one moment: auto where the server and the choice of databases allow it, or true, which fails where they do not, or false.',
    default: 'auto',
  }),
  users: boolean({
    description:
      'Whether users and roles of MongoDB are dumped, too, and those in the file compared with the source. Of one database that is dumped by itself: its own alone.',
    default: 'false',
  }),
  'host-user': text({
    description:
      'Account on the instance, or in the container, that dumps. The database role has the same name, so that peer authentication lets it in without a password.',
    default: 'postgres',
    pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
    allowed: 'the name of an account',
  }),
  'host-config': text({
    description:
      'With mongodb, file on the instance with the line "uri: mongodb://USER:PASSWORD@localhost:27017/?authSource=admin", which only root can read (mode 600). Without such a file the server on host-port is asked without a password.',
    default: '/etc/holdfast/mongodb.conf',
    pattern: hostPath,
    allowed: 'an absolute path',
  }),
  'host-port': integer({
    description: 'Port of the server on the instance; with mongodb, the default stands for 27017.',
    default: '5432',
    min: 1,
    max: 65535,
  }),
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
    'Server of the same engine on which the dumps are restored for the proof. With postgres, they are restored under a role made for each restore, which owns one scratch database and nothing else; the role in the URL must be allowed to create databases and roles; without the input, and for dumps that such a role cannot restore, the action starts a PostgreSQL server of its own on the runner (docs/postgres.md).',
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
    description:
      'Name of the files: NAME.dump, NAME.gz, NAME.anon.gz; of mysql NAME.sql.gz, NAME.anon.sql.gz; of mongodb NAME.tar.gz, NAME.anon.tar.gz; with compression: zstd .zst in place of .gz. Default: the name of the source.',
    // The policy of developers lets them read what has .anon before its last endings.
    pattern: /^(?!.*\.anon$)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    allowed: 'letters, digits and ._-, without .anon at its end',
  }),
  files: parsed({
    description:
      'Files to make. The archive is always made, since the others are made from it. Default: every file that the engine makes; mysql and mongodb make no plain one.',
    allowed: listedKinds,
    parse: (list, textOf) => parseKinds(list === 'none' ? 'archive' : list && `archive ${list}`, textOf),
  }),
  prove: parsed({
    description:
      'Files to restore and to compare with the source. With `none`, the dump stays unproven. Default: every file that the engine makes.',
    allowed: `${listedKinds}; or none`,
    parse: parseKinds,
  }),
  'keep-as': oneOf(['versions', 'dated'], {
    description:
      'versions: the keys stay the same, and the bucket keeps older versions; dated: each dump gets a folder of its own (mongodb: files named by their time, such as 2018-04-04T11_37.tar.gz), and this action deletes the oldest.',
    default: 'versions',
  }),
  keep: integer({
    description:
      'Number of dumps to keep. With versions, it is the number of non-current versions in the lifecycle rule of the bucket; a rule that differs is a warning. The last proven dump is never deleted.',
    default: '45',
    min: 1,
    max: 1000,
  }),
  'keep-forever': boolean({
    description:
      'Pin the dump: retention never deletes it, and it does not count among the dumps to keep. With keep-as: versions it gets a folder of its own, since the bucket counts and deletes the versions of the usual keys. npm run restore -- --unpin takes it back.',
    default: 'false',
  }),
  label: text({
    description:
      'Name for the dump, such as before-2.0, by which npm run restore -- --at finds it. Of several dumps with the same label it takes the newest proven one.',
    pattern: labelPattern,
    allowed: allowedLabel,
  }),
  'application-version': text({
    description:
      'Version of the application whose data it is, for the receipt, which names the commit of the run, too.',
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._:/=+@-]{0,127}$/,
    allowed: 'letters, digits, spaces and ._:/=+@-, at most 128 characters, such as 2.0.1',
  }),
  rules: rulesInput('File in the workspace with the rules of the anonymised file (docs/anonymize.md).'),
  'anonymize-key': pseudonymKey(
    'Secret key of pseudonyms, at least 16 characters. The same key gives the same pseudonyms in every dump; without a key they differ from dump to dump.',
  ),
  compression: oneOf(fileCompressions, {
    description:
      'What files of SQL are compressed with: gzip, whose names end in .gz, or zstd (Zstandard), in .zst, which takes less than half of the processor time. Not with mongodb, whose tools read gzip alone.',
    default: 'gzip',
  }),
  'compression-level': compressionLevel(
    'Level of compression of the files: with postgres, of the SQL files alone.',
    (textOf) => (textOf('compression') === 'zstd' ? 'zstd' : 'gzip'),
  ),
  'archive-level': integer({
    description:
      "pg_dump's compression level inside the archive. 5 takes a seventh less time than 6, for three percent more bytes.",
    default: '5',
    min: 0,
    max: 9,
  }),
  'archive-format': parsed({
    description:
      'With postgres: custom (the default), one file; or directory: dumped and restored by parallel jobs, for large databases, and stored as one tar file; it takes the space of the archive twice where it is made. With mysql: sql. With mongodb: tarball (the default), which unpacks to what mongodump --out writes; or archive, the stream of mongodump --archive.',
    allowed: 'custom or directory; sql; tarball or archive',
    parse: parseFormat,
  }),
  jobs: integer({
    description: 'Parallel jobs of dump and restore, with archive-format: directory.',
    default: '4',
    min: 1,
    max: 64,
  }),
  'lock-timeout': duration({
    description: 'How long the dump waits for a lock on a table. Not with mongodb.',
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
  (settings, given, changed) => [
    ...engineProblems(settings, (name) => changed(name as keyof typeof definitions)),
    ...[placeProblems, choiceProblems, againProblems, markProblems].flatMap((rule) =>
      rule(settings, (name) => given(name as keyof typeof definitions)),
    ),
  ],
  ({ archiveFormat }, given) =>
    given('container') && archiveFormat === 'directory'
      ? ['archive-format: directory does not work in a container; allowed: custom']
      : [],
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
  plain: { description: 'Location of the plain SQL, with postgres.' },
  anonymised: { description: 'Location of the anonymised file.' },
  'restore-seconds': { description: 'Seconds that the restore of the archive took.' },
  warnings: { description: 'Number of warnings.' },
  databases: {
    description:
      'With list-databases: a JSON list of { "database", "source", "name", "prefix" }, each of which is an input of the dump of that database.',
  },
};
