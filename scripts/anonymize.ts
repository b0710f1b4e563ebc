/** `npm run -s anonymize -- FROM [TO] [options]`: anonymises a plain dump. `-` for FROM or TO is a pipe. */
import '../src/runtime/stream-heap.ts';

import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isPipe, openTarget, overwrites, readFile, readPlace, type Target } from '../src/actions/anonymize/places.ts';
import { ReadTwice } from '../src/actions/anonymize/read-twice.ts';
import { type DumpFormat, detectDump, peek } from '../src/anonymize/bson/pipeline/detect.ts';
import type { AnonymizeDumpOptions } from '../src/anonymize/bson/pipeline/options.ts';
import { describeLeaks } from '../src/anonymize/leak-check/leak-policy.ts';
import { type AnonymizeReport, anonymize } from '../src/anonymize/pipeline/anonymize.ts';
import { noRules, type RulesFile } from '../src/anonymize/rules/file/rules-file.ts';
import type { Catalogue } from '../src/anonymize/schema/catalogue.ts';
import { readCatalogue } from '../src/anonymize/schema/read-catalogue.ts';
import { type Compression, compressionOf, decompress, highestLevels } from '../src/runtime/compression/format.ts';
import { renderError } from '../src/runtime/errors.ts';
import { readCommandLine } from './lib/command-line.ts';

const usage = `npm run -s anonymize -- FROM [TO] [options]

Anonymises a dump: plain SQL of PostgreSQL, MySQL or MariaDB, the stream of mongodump --archive, or a tar file of what
mongodump --out wrote. FROM and TO are files, or - for a pipe; TO is a pipe by default.

  --rules FILE       rules by table and column (docs/anonymize.md)
  --schema FILE      definitions of the dump (pg_dump --schema-only, mysqldump --no-data), which a dump of data alone needs, and
                     a pipe where columns must be unique (PostgreSQL) or rules are given (MySQL, MariaDB)
  --level N          level of gzip (1 to 9) or Zstandard (1 to 19)
  --gzip, --zstd     compress the output of a pipe
  --footer optional  accept a dump without the last line of pg_dump or mysqldump
  --audit            write no dump; print rules proposed for FROM
  -h, --help         print this text

The environment variable HOLDFAST_ANONYMIZE_KEY is the key of pseudonyms. Without it they differ from run to run. Counts and
findings go to standard error. Exit status: 0 done, 1 failed, 2 wrong arguments.`;

interface Arguments {
  readonly from: string;
  readonly to: string;
  readonly rules: string | undefined;
  readonly schema: string | undefined;
  readonly compression: Compression;
  readonly level: number | undefined;
  readonly requireFooter: boolean;
  readonly audit: boolean;
  readonly key: string | undefined;
}

/** @throws Error that names every wrong argument */
function parseArguments(): Arguments {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: {
      rules: { type: 'string' },
      schema: { type: 'string' },
      level: { type: 'string' },
      footer: { type: 'string' },
      gzip: { type: 'boolean' },
      zstd: { type: 'boolean' },
      audit: { type: 'boolean' },
    },
  });
  const { rules, schema, level, footer, gzip = false, zstd = false } = values;
  const [from = '', to = '-', more] = positionals;
  const compression = gzip ? 'gzip' : zstd ? 'zstd' : compressionOf(to);
  // Without compression the level has no effect.
  const highest = highestLevels[compression] || highestLevels.zstd;
  const key = process.env.HOLDFAST_ANONYMIZE_KEY || undefined;
  const missing = [rules, schema, from].filter(
    (path) => path && path !== '-' && !path.startsWith('s3://') && !existsSync(path),
  );
  const problems = [
    from === '' || more !== undefined ? 'one FROM and at most one TO are needed' : '',
    gzip && zstd ? '--gzip, --zstd: only one of them is allowed' : '',
    level !== undefined && !(/^\d+$/.test(level) && +level >= 1 && +level <= highest)
      ? `--level: ${level} is not from 1 to ${highest}`
      : '',
    footer !== undefined && footer !== 'optional' ? '--footer: only "optional" is allowed' : '',
    key !== undefined && key.length < 16 ? 'HOLDFAST_ANONYMIZE_KEY: must have at least 16 characters' : '',
    ...missing.map((path) => `${path} does not exist`),
    ...[from, schema, rules]
      .filter((path) => path && to !== '-' && !values.audit && overwrites(to, path))
      .map(
        (path) =>
          `TO: it is the same as ${path === '-' ? 'the file at the standard input' : path}; allowed: another file`,
      ),
    ...(rules !== undefined && isFolder(rules) ? [`--rules: ${rules} is a folder; allowed: a file`] : []),
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    ...{ from, to, rules, schema, compression, key },
    level: level === undefined ? undefined : Number(level),
    requireFooter: footer !== 'optional',
    audit: values.audit === true,
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function main(): Promise<void> {
  let given: Arguments;
  try {
    given = parseArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    const { format, open } = await inputOf(given);
    if (given.audit && format === undefined) process.stdout.write(await proposeRules(given, open));
    else if (given.audit)
      throw new Error(
        '--audit proposes rules for SQL alone: for a dump of MongoDB, write them by collection and field (docs/anonymize.md); the leak check names fields with phone, card and account numbers',
      );
    else printReport(await anonymizeInput(given, open, format));
  } catch (error) {
    console.error(renderError(error));
    process.exitCode = 1;
  }
}

interface Input {
  /** Of a dump of MongoDB. */
  readonly format: DumpFormat | undefined;
  /** Opens it as it is stored; a pipe only once. */
  readonly open: () => AsyncIterable<Buffer>;
}

function isPiped(from: string): boolean {
  return from === '-' || isPipe(from);
}

async function inputOf({ from }: Arguments): Promise<Input> {
  if (isPiped(from)) {
    const { format, source } = await peek(from === '-' ? process.stdin : createReadStream(from));
    if (format === 'tarball')
      throw new Error(
        'a tar file is read twice, which a pipe cannot be: give the file, or the stream of mongodump --archive',
      );
    return { format, open: () => source };
  }
  const open = (): AsyncIterable<Buffer> => readPlace(from, noObjects);
  return { format: await detectDump(open()), open };
}

function noObjects(): never {
  throw new Error(
    'only the action reads and writes S3; here use the AWS CLI and a pipe: aws s3 cp s3://… - | npm run -s anonymize -- - -',
  );
}

async function anonymizeInput(
  given: Arguments,
  open: Input['open'],
  format: DumpFormat | undefined,
): Promise<AnonymizeReport> {
  const { to, rules, compression, level, key, requireFooter } = given;
  const parsedRules = await readRules(rules);
  const dump = new ReadTwice(given.from, open);
  const catalogue = format === undefined ? await readDefinitionsOf(given, dump) : undefined;
  const target = to === '-' ? pipe() : await openTarget(to, noObjects);
  const common = {
    sink: (bytes: Buffer) => target.write(bytes),
    compression,
    level,
    rules: parsedRules,
    strict: rules !== undefined,
    key: key ? Buffer.from(key) : randomBytes(32),
  };
  try {
    const report =
      format === undefined
        ? await anonymize({ ...common, source: dump.second(), catalogue, requireFooter })
        : await anonymizeDocuments({ ...common, open, format, folder: tmpdir() });
    await target.keep();
    return report;
  } catch (error) {
    await target.discard();
    throw error;
  } finally {
    await dump.close();
  }
}

// What only some runs need is loaded when it is needed: libraries for YAML, for schemas and for BSON take 25 MiB.

async function readRules(path: string | undefined): Promise<RulesFile> {
  if (path === undefined) return noRules;
  const { parseRules } = await import('../src/anonymize/rules/file/parse-rules.ts');
  return parseRules(readFileSync(path, 'utf8'), path);
}

async function proposeRules(given: Arguments, open: Input['open']): Promise<string> {
  const { audit } = await import('../src/anonymize/audit/audit.ts');
  const { renderRules } = await import('../src/anonymize/audit/render.ts');
  return renderRules(await audit(() => decompress(open(), { once: true }), given.from !== '-', given));
}

async function anonymizeDocuments(options: AnonymizeDumpOptions): Promise<AnonymizeReport> {
  const { anonymizeDump } = await import('../src/anonymize/bson/pipeline/anonymize-dump.ts');
  return anonymizeDump(options);
}

/** A file is read twice; of a pipe, definitions are known beforehand only if they are given. */
async function readDefinitionsOf(given: Arguments, dump: ReadTwice): Promise<Catalogue | undefined> {
  if (given.schema !== undefined)
    return readCatalogue(decompress(readFile(given.schema), { once: true }), { requireFooter: false });
  return isPiped(given.from) ? undefined : readCatalogue(dump.first(), given);
}

/** A pipe cannot take back what was written: its reader must check the exit status. */
function pipe(): Target {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))),
    keep: async () => {},
    discard: async () => {},
  };
}

function printReport({ counts, warnings, leaks }: AnonymizeReport): void {
  for (const { table, rule, count } of counts) console.error(`${table}: ${count.toLocaleString('en-US')} ${rule}`);
  for (const line of [...warnings, ...describeLeaks(leaks).map((text) => `found and left: ${text}`)])
    console.error(`note: ${line}`);
}

await main();
