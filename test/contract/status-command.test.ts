/** `npm run status` and `npm run evidence` as a person runs them: against the lab's AWS, with receipts and promises in the bucket. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../lab/directory.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { promisesKey } from '../../src/domain/tags.ts';
import { dumpReceiptKey } from '../../src/dump/files.ts';
import type { Evidence } from '../../src/watch/evidence/document.ts';
import { type PromisedSource, renderPromises } from '../../src/watch/promises/promise.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';

let lab: AccountUnderTest;
const hour = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * hour).toISOString();
const run = { key: 'acme/backups/actions/runs/7', url: 'https://github.com/acme/backups/actions/runs/7', attempt: 1 };

function receipt(source: string, takenAt: string): DumpReceipt {
  return {
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    source,
    engine: 'postgres',
    state: 'taken',
    takenAt,
    run,
    database: 'shop',
    place: 'runner',
    versions: { holdfast: '1', server: '17', tools: '17' },
    fingerprint: { takenAt, seconds: 1, serverVersion: '17', tables: [], sequences: {}, extensions: {}, objects: {} },
    files: [],
    bucket: 'b',
    timeline: [],
    verdict: 'good',
    proof: [{ kind: 'archive', verdict: 'good', restoreSeconds: 41, compared: 9, findings: [] }],
    notes: [],
  };
}

function promised(source: string): PromisedSource {
  const schedule = {
    expression: '0 */6 * * *',
    timeZone: 'UTC',
    workflow: '.github/workflows/postgres-backup.yml',
    since: ago(96),
  };
  return {
    source,
    kind: 'database-dump',
    schedules: [schedule],
    targets: { allowanceSeconds: 43_200 },
    since: ago(96),
  };
}

beforeAll(async () => {
  lab = await startAccountUnderTest({ stack: 'deployed' });
}, 60_000);
afterAll(() => lab.stop());

const put = (key: string, text: string) =>
  lab.shell(`aws s3 cp - "s3://${lab.aws.receiptBucket}/${key}" <<'END'\n${text}\nEND`);

async function status(...words: string[]) {
  const file = join(lab.directory, 'status.html');
  const command = `cd ${repositoryRoot} && scripts/node24 scripts/status.ts --out ${file} ${words.join(' ')}`;
  const settings = {
    AWS_ENDPOINT_URL: lab.aws.url,
    HOLDFAST_REGION: 'us-east-1',
    HOLDFAST_RECEIPT_BUCKET: lab.aws.receiptBucket,
  };
  const ended = await lab.shell(command, settings);
  return { ...ended, page: () => readFileSync(file, 'utf8') };
}

describe('npm run status', () => {
  test('without promises says that nobody knows what is missing', async () => {
    const { page, stdout, stderr } = await status();
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringContaining('Not everything could be read'), stderr: '' });
    expect(page()).toContain('<li>watch/promises.json of holdfast-receipts-lab: there is none');
  });

  test('shows what is kept and what is missing, and changes nothing', async () => {
    const [fresh, old] = [ago(1), ago(50)];
    await put(dumpReceiptKey('shop.prod', fresh, { id: '7', attempt: 1 }), JSON.stringify(receipt('shop.prod', fresh)));
    await put(dumpReceiptKey('crm.prod', old, { id: '7', attempt: 1 }), JSON.stringify(receipt('crm.prod', old)));
    const repositories = { 'acme/backups': [promised('shop.prod'), promised('crm.prod')] };
    await put(promisesKey, renderPromises({ format: 'holdfast-promises/1', repositories }));
    const before = lab.log.records.length;
    const { page, stdout, status: code } = await status('--time-zone', 'Europe/Berlin');
    expect([code, stdout.split('\n')[0]]).toEqual([0, '1 of 2 sources needs you: backups of acme/backups']);
    expect(page()).toContain('crm.prod');
    expect(page()).toContain('Times are in Europe/Berlin');
    expect(page()).toContain('https://github.com/acme/backups/actions/workflows/postgres-backup.yml');
    const calls = lab.log.records.slice(before).map(({ operation }) => operation);
    expect(calls.filter((one) => !/^(Describe|List|Get|Head)/.test(one))).toEqual([]);
    expect(calls).toContain('DescribeSnapshots');
  });

  test('names everything that is missing or wrong at once', async () => {
    const { status: code, stderr } = await lab.shell(
      `cd ${repositoryRoot} && env -u AWS_DEFAULT_REGION scripts/node24 scripts/status.ts --repository x --time-zone Mars/Base`,
    );
    expect(code).toBe(2);
    for (const name of ['--out', '--receipt-bucket', '--region', '--repository', '--time-zone'])
      expect(stderr).toContain(`- ${name}`);
  });
});

describe('npm run evidence', () => {
  const evidence = (...words: string[]) =>
    lab.shell(`cd ${repositoryRoot} && scripts/node24 scripts/evidence.ts ${words.join(' ')}`, {
      AWS_ENDPOINT_URL: lab.aws.url,
      HOLDFAST_REGION: 'us-east-1',
      HOLDFAST_RECEIPT_BUCKET: lab.aws.receiptBucket,
    });
  const today = new Date().toISOString().slice(0, 10);

  test('has what is kept, what retention has deleted, and what was missed; and changes nothing', async () => {
    const deleted = ago(30);
    const key = dumpReceiptKey('shop.prod', deleted, { id: '6', attempt: 1 });
    // A draft first, as the runs write it.
    await put(key, JSON.stringify({ ...receipt('shop.prod', deleted), state: 'draft' }));
    await put(key, JSON.stringify({ ...receipt('shop.prod', deleted), commit: 'c0ffee' }));
    await lab.shell(`aws s3 rm "s3://${lab.aws.receiptBucket}/${key}"`);
    const before = lab.log.records.length;
    const out = join(lab.directory, 'evidence');
    const { status: code, stdout } = await evidence('--from', ago(96).slice(0, 10), '--to', today, '--out', out);
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^2 sources, \d gaps?$/)]);
    const { sources, notKnown } = JSON.parse(readFileSync(join(out, 'evidence.json'), 'utf8')) as Evidence;
    const shop = sources.find((one) => one.source === 'shop.prod');
    expect(shop?.backups.map((one) => [one.takenAt, one.kept, one.commit])).toEqual([
      [expect.any(String), true, undefined],
      [deleted, false, 'c0ffee'],
    ]);
    expect(sources.find((one) => one.source === 'crm.prod')?.gaps.at(-1)).toMatchObject({ open: true });
    expect(notKnown.join()).toContain('Who changed repository variables');
    expect(readFileSync(join(out, 'evidence.html'), 'utf8')).toContain('shop.prod');
    const calls = lab.log.records.slice(before).filter(({ endpoint }) => endpoint !== 'github');
    expect(calls.filter(({ operation }) => !/^(Describe|List|Get|Head|Lookup)/.test(operation))).toEqual([]);
    expect(calls.map(({ operation }) => operation)).toContain('ListObjectVersions');
  });

  test('names every wrong day at once', async () => {
    const { status: code, stderr } = await evidence('--from', '2026-02-30', '--to', '2999-01-01');
    expect(code).toBe(2);
    expect(stderr).toContain('- --from: "2026-02-30" is no day');
    expect(stderr).toContain('- --to: 2999-01-01 is still to come');
  });
});
