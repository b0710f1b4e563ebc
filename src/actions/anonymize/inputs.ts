/** The inputs and outputs of anonymize: action.yml, the README table and the parser come from here. */
import { existsSync } from 'node:fs';
import { compressionOf } from '../../runtime/compression/format.ts';
import {
  boolean,
  defineInputs,
  type OutputDefinition,
  oneOf,
  parsed,
  Refused,
  type SettingsOf,
  text,
} from '../../runtime/inputs.ts';
import { pseudonymKey, rulesInput } from '../common/anonymize-inputs.ts';
import { compressionLevel } from '../common/compression-inputs.ts';
import { accessInputs, region, reportInputs } from '../common/inputs.ts';
import { overwrites } from './places.ts';

export const description =
  'Anonymises a dump while it streams by, plain SQL (PostgreSQL, MySQL, MariaDB) or one of mongodump: e-mail addresses everywhere, and rules by table and column.';

const { 'ssm-documents': _documents, 'aws-region': _region, ...access } = accessInputs;
const place = /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+|(?!s3:).+)$/;

/** @throws Refused when a file does not exist */
function existing(path: string): string {
  if (path !== '' && !path.startsWith('s3:') && !existsSync(path)) throw new Refused(`${path} does not exist`);
  return path;
}

const definitions = {
  ...access,
  'aws-region': text({
    description: 'AWS region; needed only for places in S3.',
    pattern: region,
    allowed: 'a region, such as us-east-1',
  }),
  source: text({ description: 'Name of the dump in reports. Default: the value of from.', maxLength: 200 }),
  from: parsed({
    description:
      'The dump: a file, or s3://BUCKET/KEY. Plain SQL, the stream of mongodump --archive, or a tar file of what mongodump --out wrote; also with gzip or Zstandard.',
    required: true,
    allowed: 'a file, or s3://BUCKET/KEY',
    parse: (from) => {
      if (!place.test(from)) throw new Refused('');
      return existing(from);
    },
  }),
  to: text({
    description:
      'Where the result goes: a file, or s3://BUCKET/KEY. The ending selects the compression: .gz, .zst, or none. A run that fails leaves nothing there.',
    pattern: place,
    allowed: 'a path, or s3://BUCKET/KEY',
  }),
  rules: rulesInput(
    'File in the workspace with the rules (docs/anonymize.md). Without it, only e-mail addresses are replaced.',
  ),
  schema: parsed({
    description:
      'File with the definitions of the dump (pg_dump --schema-only, mysqldump --no-data). Without it the dump is read twice, so that all rules are checked before a byte is written.',
    allowed: 'a file',
    parse: existing,
  }),
  key: pseudonymKey(
    'Secret key of pseudonyms, at least 16 characters. The same key gives the same pseudonyms in every run; without a key they differ from run to run.',
  ),
  'compression-level': compressionLevel('Level of compression.', (textOf) => compressionOf(textOf('to'))),
  footer: oneOf(['required', 'optional'], {
    description:
      'Whether the dump must end with the last line of pg_dump or mysqldump, the only sign that nothing is missing.',
    default: 'required',
  }),
  audit: boolean({
    description: 'Write no dump. Read the one in from, and propose rules for it (output proposed-rules).',
    default: 'false',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  ({ audit, dryRun }, given) =>
    !given('to') && audit === false && dryRun === false
      ? ['to: it is required; allowed: a path, or s3://BUCKET/KEY; or audit: true, or dry-run: true']
      : [],
  (settings) =>
    (['from', 'schema'] as const)
      .filter((name) => settings[name] && settings.to && overwrites(settings.to, settings[name]))
      .map((name) => `to: it is the same as ${name}; allowed: another place`),
  ({ from, to, awsRegion }) =>
    awsRegion === '' && (from?.startsWith('s3:') || to?.startsWith('s3:'))
      ? ['aws-region: it is needed for a place in S3; allowed: a region, such as us-east-1']
      : [],
]);

export type Settings = SettingsOf<typeof inputs>;

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  to: { description: 'Location of the anonymised dump.' },
  changes: { description: 'Number of values, addresses and rows that were changed.' },
  findings: { description: 'Number of columns that the leak check reported without failing the run.' },
  'proposed-rules': { description: 'File with the rules that the audit proposes.' },
};
