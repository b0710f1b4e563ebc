/** db-dump from start to end, in memory: what its suites share. Each test has servers and a bucket of its own. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect } from '@jest/globals';
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

export const bucket = 'dumps';

export let folder: string;
export let clock: FakeClock;
export let objects: FakeObjects;
export let engine: FakeEngine;
export let github: FakeGitHub;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-run-'));
  clock = new FakeClock();
  objects = new FakeObjects(clock);
  engine = new FakeEngine(clock);
  github = new FakeGitHub();
});
afterEach(() => {
  // Whatever happened, the work directory and the server are left as they were.
  expect(readdirSync(folder).filter((name) => name.startsWith('holdfast-'))).toEqual([]);
  expect(engine.openSnapshots).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it in a minute from now. @param given inputs beside the usual ones */
export async function dump(
  id: number,
  given: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
  attempt = 1,
) {
  const findings: Partial<Findings> = {};
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
  const context = fakeContext<Findings>(clock, fakeRun(id, attempt), (more) => void Object.assign(findings, more));
  const files = new SqlFiles(engine, postgresDialect);
  const ports = { engine, files, objects, cleanupObjects: objects, runs: github };
  clock.advance(60_000);
  const error = await run(settings, ports, signal ? { ...context, signal } : context).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { findings, error, lines: context.logger.lines };
}

export const keys = async (prefix: string): Promise<string[]> =>
  (await objects.list(bucket, prefix)).map(({ key }) => key);
export async function receipts(): Promise<DumpReceipt[]> {
  const texts = await Promise.all((await keys('receipts/')).map((key) => objects.text({ bucket, key })));
  return texts.map((text) => JSON.parse(text ?? '') as DumpReceipt);
}
export const sqlOf = (key: string): string =>
  gunzipSync(objects.versionsOf.get(key)?.[0]?.body ?? Buffer.alloc(0)).toString('utf8');
