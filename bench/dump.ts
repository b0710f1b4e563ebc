/**
 * `npm run bench -- dump [--megabytes 500] [--rounds 3]`: db-dump's way from the server into the bucket, beside pg_dump
 * whose output goes up to the same bucket by curl, in parts, in the same run.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { startLab } from '../lab/lab.ts';
import { postgresSeed } from '../lab/rehearsals/postgres/seed.ts';
import { region } from '../lab/services/aws/account.ts';
import type { DumpReceipt } from '../src/domain/dump.ts';
import { measure, median } from './commands.ts';

const partMiB = 8;

export async function dump({ megabytes = 500, rounds = 3 }: { megabytes?: number; rounds?: number }): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  const folder = mkdtempSync('/var/tmp/holdfast-bench-');
  chmodSync(folder, 0o755);
  const lab = await startLab({ seed: postgresSeed(megabytes), onProgress: (text) => console.error(text) });
  const s3 = new S3Client({
    region,
    endpoint: lab.aws.url,
    credentials: lab.aws.administrator,
    forcePathStyle: true,
  });
  try {
    const { databases } = lab;
    const { dumpBucket: Bucket } = lab.aws;
    if (databases === undefined) throw new Error('the lab has no databases');
    const { source, name } = databases;
    const sqlBytes = Number(await source.sql('SELECT pg_database_size(current_database())', name));
    const environment = { PGPASSWORD: source.password };
    const pgDump = `${source.binaries}/pg_dump -h ${source.host} -p ${source.port} -U ${source.user}`;
    /** Standard input in parts of 8 MiB, each put to its own presigned URL. */
    const upload = async (): Promise<{ line: string; end: () => Promise<void> }> => {
      const Key = 'db/bench';
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const parts = Math.ceil((megabytes * 1e6) / (partMiB * 1024 ** 2)) + 1;
      const urls: string[] = [];
      for (let PartNumber = 1; PartNumber <= parts; PartNumber += 1)
        urls.push(
          await getSignedUrl(s3, new UploadPartCommand({ Bucket, Key, UploadId, PartNumber }), { expiresIn: 3600 }),
        );
      writeFileSync(join(folder, 'urls'), urls.join('\n'));
      const curl = `curl --silent --show-error --fail --upload-file - "$(sed -n "$((10#\${FILE#x} + 1))p" ${folder}/urls)"`;
      return {
        line: `split --bytes=${partMiB}M --numeric-suffixes --suffix-length=4 --filter='${curl}'`,
        end: async () => void (await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))),
      };
    };
    const viaCurl = (dumping: string) => async () => {
      const { line, end } = await upload();
      const one = await measure(`${dumping} | ${line}`, environment);
      await end();
      return one;
    };
    // A shell keeps no variable whose name has a hyphen: they are given behind `env`.
    const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    const words = (inputs: Readonly<Record<string, string>>): string[] =>
      Object.entries(inputs).map(([input, value]) => quote(`INPUT_${input.toUpperCase()}=${value}`));
    const given = words({
      'aws-region': region,
      source: 'bench',
      'database-url': source.url(name),
      bucket: Bucket,
      'receipt-bucket': lab.aws.receiptBucket,
      files: 'archive',
      prove: 'none',
      'github-token': 'none',
      'runbook-url': 'https://example.com/runbook',
    });
    /** Seconds of the one step that dumps and uploads, with the fingerprint taken beside it. */
    const steps = new Map<string, number[]>();
    const ours = (title: string, more: Readonly<Record<string, string>>) =>
      [
        title,
        async () => {
          const one = await measure(
            `env ${[...given, ...words(more)].join(' ')} ${process.execPath} dist/db-dump/index.js >&2`,
            {
              ...lab.environment(),
              GITHUB_REPOSITORY: 'acme/backups',
              GITHUB_RUN_ID: String(Date.now()),
              GITHUB_API_URL: lab.github.apiUrl,
              RUNNER_TEMP: folder,
            },
          );
          const receipts = Object.entries(await lab.state.receipts()).toSorted(([a], [b]) => a.localeCompare(b));
          const { timeline } = JSON.parse(receipts.at(-1)?.[1] ?? '{}') as DumpReceipt;
          for (const { name, startedAt, endedAt } of timeline) {
            const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
            console.error(`  ${name}: ${seconds.toFixed(1)} s`);
            if (name.startsWith('Dump ')) steps.set(title, [...(steps.get(title) ?? []), seconds]);
          }
          return one;
        },
      ] as const;
    const contenders: readonly (readonly [string, () => Promise<{ seconds: number; memory: number }>])[] = [
      [
        'pg_dump --format=custom --compress=6, parts by curl',
        viaCurl(`${pgDump} --format=custom --compress=6 ${name}`),
      ],
      ['pg_dump | pigz -6, parts by curl', viaCurl(`${pgDump} ${name} | pigz -6`)],
      ours('db-dump: archive, fingerprint, read through, receipt', {}),
      ours('db-dump, archive-format: directory, jobs: 2', { 'archive-format': 'directory', jobs: '2' }),
    ];
    const results = new Map(contenders.map(([title]) => [title, [] as { seconds: number; memory: number }[]]));
    for (let round = 1; round <= rounds; round += 1)
      for (const [title, run] of contenders) {
        const one = await run();
        results.get(title)?.push(one);
        console.error(`round ${round}: ${title}: ${one.seconds.toFixed(1)} s`);
      }
    const middle = (title: string): number => median((results.get(title) ?? []).map((one) => one.seconds));
    const base = middle(contenders[0]?.[0] ?? '');
    console.log(`${(sqlBytes / 1e6).toFixed(0)} MB in the server, ${megabytes} MB of SQL; medians of ${rounds}\n`);
    console.log('| command | MB of SQL a second | against the first | peak memory (MiB) |');
    console.log('|---|---|---|---|');
    for (const [title] of contenders) {
      const memory = Math.max(...(results.get(title) ?? []).map((one) => one.memory));
      console.log(
        `| ${title} | ${(megabytes / middle(title)).toFixed(0)} | ${(base / middle(title)).toFixed(2)} | ${memory.toFixed(0)} |`,
      );
    }
    for (const [title, seconds] of steps) {
      const alone = median(seconds);
      console.log(
        `| of ${title.replace(': archive, fingerprint, read through, receipt', '')} the step that dumps and uploads, the fingerprint beside it | ${(megabytes / alone).toFixed(0)} | ${(base / alone).toFixed(2)} | |`,
      );
    }
  } finally {
    s3.destroy();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
