/**
 * `npm run -s anonymize -- FROM TO [options]`: anonymises a plain dump. `-` for FROM or TO is a pipe.
 *
 *   --rules FILE      rules by table and column (docs/anonymize.md)
 *   --schema FILE     the definitions of the dump (pg_dump --schema-only): needed from a pipe where columns must be unique
 *   --level N         of gzip (1 to 9) or Zstandard (1 to 19)
 *   --gzip, --zstd    compress a pipe's output
 *   --footer optional read a dump that pg_dump did not write
 *   --audit           write no dump: propose rules for FROM, on standard output
 *
 * The environment's HOLDFAST_ANONYMIZE_KEY is the key of pseudonyms; without it each run has others. Counts and findings
 * go to standard error. Exit status: 0 done, 1 failed, 2 wrong arguments.
 */
import '../src/runtime/stream-heap.ts';

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openTarget, readPlace, type Target } from '../src/actions/anonymize/places.ts';
import { readDefinitions } from '../src/actions/anonymize/run.ts';
import { audit } from '../src/anonymize/audit/audit.ts';
import { renderRules } from '../src/anonymize/audit/render.ts';
import { describeLeaks } from '../src/anonymize/leak-check/leak-policy.ts';
import { anonymize } from '../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../src/anonymize/rules/file/rules-file.ts';
import { readCatalogue } from '../src/anonymize/schema/read-catalogue.ts';
import { compressionOf, decompress, highestLevels } from '../src/runtime/compression/format.ts';
import { renderError } from '../src/runtime/errors.ts';

const usage =
  'npm run -s anonymize -- FROM TO [--rules FILE] [--schema FILE] [--level N] [--gzip|--zstd] [--footer optional] [--audit]';

async function main(): Promise<number> {
  let parsed: ReturnType<typeof read>;
  try {
    parsed = read();
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  const { from, to, compression, options } = parsed;
  const requireFooter = options.footer !== 'optional';
  const none = (): never => {
    throw new Error(
      'places in S3 are for the action; here use the AWS CLI and a pipe: aws s3 cp s3://… - | npm run -s anonymize -- - -',
    );
  };
  const open = (): AsyncIterable<Buffer> =>
    decompress(from === '-' ? process.stdin : readPlace(from, none), { once: true });
  if (options.audit) {
    process.stdout.write(renderRules(await audit(open(), { requireFooter })));
    return 0;
  }
  const rules = options.rules === undefined ? noRules : parseRules(readFileSync(options.rules, 'utf8'), options.rules);
  const catalogue =
    options.schema !== undefined
      ? await readDefinitions(options.schema)
      : from === '-'
        ? undefined
        : await readCatalogue(open(), { requireFooter });
  const key = process.env.HOLDFAST_ANONYMIZE_KEY;
  const target: Target = to === '-' ? pipe() : await openTarget(to, none);
  try {
    const report = await anonymize({
      source: open(),
      sink: (bytes) => target.write(bytes),
      compression,
      level: options.level === undefined ? undefined : Number(options.level),
      rules,
      strict: options.rules !== undefined,
      key: key ? Buffer.from(key) : randomBytes(32),
      catalogue,
      requireFooter,
    });
    await target.keep();
    for (const { table, rule, count } of report.counts)
      console.error(`${table}: ${count.toLocaleString('en-US')} ${rule}`);
    for (const line of [...report.warnings, ...describeLeaks(report.leaks).map((text) => `found and left: ${text}`)])
      console.error(`note: ${line}`);
    return 0;
  } catch (error) {
    await target.discard();
    throw error;
  }
}

function read() {
  const { values, positionals } = parseArgs({
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
  const [from = '', to = '-', more] = positionals;
  const compression = values.gzip ? 'gzip' : values.zstd ? 'zstd' : compressionOf(to);
  // Of what is not compressed the level does nothing.
  const highest = highestLevels[compression] || highestLevels.zstd;
  const problems = [
    from === '' || more !== undefined ? 'FROM and TO are needed' : '',
    values.gzip && values.zstd ? '--gzip, --zstd: only one of them is allowed' : '',
    values.level !== undefined && !(/^\d+$/.test(values.level) && +values.level >= 1 && +values.level <= highest)
      ? `--level: ${values.level} is not from 1 to ${highest}`
      : '',
    values.footer !== undefined && values.footer !== 'optional' ? '--footer: only "optional" is allowed' : '',
    process.env.HOLDFAST_ANONYMIZE_KEY && process.env.HOLDFAST_ANONYMIZE_KEY.length < 16
      ? 'HOLDFAST_ANONYMIZE_KEY: must have at least 16 characters'
      : '',
    ...[values.rules, values.schema, from === '-' ? undefined : from]
      .filter((path) => path !== undefined && path !== '' && !path.startsWith('s3://') && !existsSync(path))
      .map((path) => `${path} is not there`),
  ].filter((problem) => problem !== '');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { from, to, compression, options: values } as const;
}

/** A pipe cannot take back what it was given: its reader must look at the exit status. */
function pipe(): Target {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))),
    keep: async () => {},
    discard: async () => {},
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(renderError(error));
  process.exitCode = 1;
}
