/** db-dump on a bucket with Object Lock, in memory: what is locked is kept, is told, and costs no backup. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SqlFiles } from '../../../src/actions/db-dump/files/sql-files.ts';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';
import type { Findings } from '../../../src/actions/db-dump/ports.ts';
import { run } from '../../../src/actions/db-dump/run.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { postgresDialect } from '../../../src/dump/engines/postgres/dialect.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FakeEngine } from '../../fakes/dump-engine.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeObjects } from '../../fakes/objects.ts';

const bucket = 'dumps';
const day = 86_400_000;

let folder: string;
let clock: FakeClock;
let objects: FakeObjects;
let github: FakeGitHub;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
  clock = new FakeClock();
  objects = new FakeObjects(clock);
  objects.lock = { mode: 'COMPLIANCE', days: 10 };
  github = new FakeGitHub();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function dump(id: number, given: Readonly<Record<string, string>> = {}) {
  const settings = settingsFrom(inputs, {
    source: 'shop',
    'aws-region': 'us-east-1',
    'database-url': 'postgresql://u:p@db/shop',
    'scratch-url': 'postgresql://u:p@localhost/postgres',
    bucket,
    'receipt-bucket': bucket,
    'work-directory': folder,
    ...given,
  });
  const context = fakeContext<Findings>(clock, fakeRun(id), () => {});
  const engine = new FakeEngine(clock);
  const files = new SqlFiles(engine, postgresDialect);
  const ports = { engine, files, objects, cleanupObjects: objects, runs: github };
  const error = await run(settings, ports, context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, lines: context.logger.lines };
}

const keys = async (prefix: string): Promise<string[]> => (await objects.list(bucket, prefix)).map(({ key }) => key);
async function receipts(): Promise<DumpReceipt[]> {
  const texts = await Promise.all((await keys('receipts/')).map((key) => objects.text({ bucket, key })));
  return texts.map((text) => JSON.parse(text ?? '') as DumpReceipt);
}

test('an expired dated dump is kept with its receipt until its lock ends, and then deleted', async () => {
  const dated = { 'keep-as': 'dated', keep: '1' };
  await dump(1, dated);
  clock.advance(day);
  const { error, lines } = await dump(2, dated);
  expect(error).toBeUndefined();
  expect(lines).toContainEqual(
    expect.stringMatching(/^info the expired dump of \S+ is kept: it is locked until \S+ \(Object Lock\)$/),
  );
  expect([(await receipts()).length, (await keys('db/')).length]).toEqual([2, 6]);
  clock.advance(10 * day);
  await dump(3, dated);
  expect((await receipts()).map(({ run: { key } }) => key)).toEqual(['o/r/actions/runs/3']);
  expect(await keys('db/')).toHaveLength(3);
});

test('files that a dead run published are kept with the draft that names them, until their locks end', async () => {
  const complete = objects.add.bind(objects);
  objects.add = (object, body) => {
    if (object.key.endsWith('.gz')) throw new Error('S3 is gone');
    return complete(object, body);
  };
  const failed = await dump(1);
  expect(failed.lines).toContainEqual(
    expect.stringMatching(/^warning s3:\S+shop\.dump is no backup, and is kept: it is locked until /),
  );
  objects.add = complete;
  github.startRun('postgres-backup.yml', 1);
  github.endRun(1, 'failure');
  clock.advance(day);
  const next = await dump(2);
  expect(next.error).toBeUndefined();
  expect(next.lines).toContainEqual(expect.stringMatching(/^info kept a file that .* published before it died/));
  expect((await receipts()).map(({ state }) => state)).toEqual(['draft', 'taken']);
  clock.advance(10 * day);
  await dump(3);
  expect((await receipts()).map(({ state }) => state)).toEqual(['taken', 'taken']);
});

test('versions that would make room are kept, and the dump is made all the same', async () => {
  objects.rules = [
    {
      id: 'count',
      prefix: 'db/',
      enabled: true,
      newerNoncurrentVersions: 1,
      noncurrentDays: 1,
      expirationDays: undefined,
      abortUploadDays: 2,
    },
  ];
  await dump(1);
  for (const id of [2, 3]) {
    clock.advance(60_000);
    // Not proven: only these may be deleted to make room.
    await dump(id, { prove: 'none' });
  }
  clock.advance(60_000);
  const { error, lines } = await dump(4);
  expect(error).toBeUndefined();
  expect(lines).toContainEqual(expect.stringMatching(/^info kept: could not delete the unproven version .* is locked/));
  expect(objects.versionsOf.get('db/shop.dump')).toHaveLength(4);
});
