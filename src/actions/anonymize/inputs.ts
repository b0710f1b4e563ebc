/** The inputs and outputs of anonymize: action.yml, the README table and the parser come from here. */
import { existsSync } from 'node:fs';
import { noRules, type RulesFile } from '../../anonymize/rules/file/rules-file.ts';
import { compressionOf, highestLevels } from '../../runtime/compression/format.ts';
import { ConfigurationError } from '../../runtime/errors.ts';
import {
  boolean,
  defineInputs,
  integer,
  type OutputDefinition,
  oneOf,
  secret,
  text,
  type Values,
} from '../../runtime/inputs.ts';
import { accessInputs, region, reportInputs } from '../common/inputs.ts';
import { readRules } from '../db-dump/inputs.ts';

export const description =
  'Anonymises a plain PostgreSQL dump while it streams by: e-mail addresses everywhere, and rules by table and column.';

const { 'ssm-documents': _documents, 'aws-region': _region, ...access } = accessInputs;
const place = /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+|(?!s3:).+)$/;

const definitions = {
  ...access,
  'aws-region': text({
    description: 'AWS region; needed only for places in S3.',
    pattern: region,
    allowed: 'a region, such as us-east-1',
  }),
  source: text({ description: 'Name of the dump in reports. Without it the place it comes from.', maxLength: 200 }),
  from: text({
    description: 'The dump: a file, or s3://BUCKET/KEY. As it is, gzip, or Zstandard.',
    required: true,
    pattern: place,
    allowed: 'a path, or s3://BUCKET/KEY',
  }),
  to: text({
    description:
      'Where the result goes: a file, or s3://BUCKET/KEY. The ending decides: .gz, .zst, or neither. Nothing is left there when the run fails.',
    pattern: place,
    allowed: 'a path, or s3://BUCKET/KEY',
  }),
  rules: text({
    description: 'File in the workspace with the rules (docs/anonymize.md). Without it only addresses are replaced.',
  }),
  schema: text({
    description:
      'File with the definitions of the dump (pg_dump --schema-only). Without it the dump is read twice: the first time for what must be unique, which stands behind the rows.',
  }),
  key: secret({
    description:
      'Secret for pseudonyms, at least 16 characters: the same key gives the same pseudonyms in every run. Without it each run has others.',
    pattern: /^.{16,}$/s,
    allowed: 'at least 16 characters',
  }),
  'compression-level': integer({
    description: 'Level of gzip (1 to 9) or Zstandard (1 to 19).',
    default: '5',
    min: 1,
    max: 19,
  }),
  footer: oneOf(['required', 'optional'], {
    description: "Whether the dump must have pg_dump's last line, the only sign that nothing was cut off.",
    default: 'required',
  }),
  audit: boolean({
    description: 'Write no dump: read the one there is, and propose rules for it (output proposed-rules).',
    default: 'false',
  }),
  ...reportInputs,
} as const;

export const inputs = defineInputs(definitions, [
  ({ to, audit, 'dry-run': dry }) =>
    to === '' && audit === false && dry === false
      ? ['to: it is required; allowed: a path, or s3://BUCKET/KEY; or audit: true, or dry-run: true']
      : [],
  ({ to, 'compression-level': level }) =>
    compressionOf(to ?? '') === 'gzip' && (level ?? 0) > highestLevels.gzip
      ? [`compression-level: "${level}" is not allowed for gzip; allowed: a whole number, 1 to ${highestLevels.gzip}`]
      : [],
  ({ from, to }) => (from !== undefined && from === to ? ['to: it is the same as from; allowed: another place'] : []),
  ({ from, to, 'aws-region': region }) =>
    region === '' && (from?.startsWith('s3:') || to?.startsWith('s3:'))
      ? ['aws-region: it is needed for a place in S3; allowed: a region, such as us-east-1']
      : [],
]);

export type AnonymizeInputs = Values<typeof definitions> & { readonly rulesFile: RulesFile };

export function parseInputs(read: (name: string) => string): AnonymizeInputs {
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
  const rulesPath = read('rules').trim();
  const rulesFile = rulesPath === '' ? noRules : attempt(() => readRules(rulesPath, 'rules'));
  for (const name of ['from', 'schema'] as const) {
    const path = read(name).trim();
    if (path !== '' && !path.startsWith('s3:') && !existsSync(path))
      problems.push(`${name}: ${path} is not there; allowed: a readable file`);
  }
  if (problems.length > 0 || values === undefined || rulesFile === undefined)
    throw new ConfigurationError({
      what: `${problems.length === 1 ? 'one input is' : `${problems.length} inputs are`} wrong; nothing was done`,
      problems,
    });
  return { ...values, rulesFile };
}

export const outputs: Readonly<Record<string, OutputDefinition>> = {
  to: { description: 'Where the anonymised dump is.' },
  changes: { description: 'How many values, addresses and rows were changed.' },
  findings: { description: 'How many columns the leak check named without failing the run.' },
  'proposed-rules': { description: 'File with the rules that the audit proposes.' },
};
