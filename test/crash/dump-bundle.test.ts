/**
 * The crash suite of db-dump's bundle, on a real PostgreSQL: at the AWS calls that the real process makes, the runner is
 * killed, or the call is throttled, refused, left hanging, or its answer lost. Afterwards nothing looks like a backup that
 * is none, and the next run is good and leaves nothing of the dead one. Each call meets one of the effects, in turn;
 * HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lab, labsDirectory, startLab } from '../../lab/lab.ts';
import type { DumpReceipt } from '../../src/report/dump.ts';
import { arm, everyPair, type Point, pointsOf } from './points.ts';

const minute = 60_000;
let lab: Lab;
let tried = 0;

beforeAll(async () => {
  lab = await startLab({ databases: { megabytes: 5 } });
}, 5 * minute);

afterAll(async () => {
  process.stdout.write(`crash suite of db-dump's bundle: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

const run = () => lab.runWorkflow('test/crash/workflows/db-dump.yml', { event: 'workflow_dispatch' });

async function receipts(): Promise<DumpReceipt[]> {
  return Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
}

/** A receipt that calls something a backup must describe files that are there, byte for byte. */
async function lies(): Promise<string[]> {
  const problems: string[] = [];
  const { objects } = lab.machines.s3.bucket(lab.machines.dumpBucket);
  for (const receipt of await receipts()) {
    if (receipt.state !== 'taken') continue;
    for (const file of receipt.files) {
      const version = objects.get(file.key)?.find((one) => one.versionId === file.versionId);
      const hash = createHash('sha256');
      for (const piece of version?.pieces ?? []) hash.update(readFileSync(piece.path));
      if (hash.digest('hex') !== file.sha256)
        problems.push(`${file.key} is not what the receipt of ${receipt.run.key} says`);
    }
    if (receipt.verdict === 'bad')
      problems.push(`the dump of ${receipt.run.key} is called bad for trouble with the machinery`);
  }
  return problems;
}

/** What the next run must not leave. */
async function leftovers(): Promise<string[]> {
  const problems: string[] = [];
  const { uploads, objects } = lab.machines.s3.bucket(lab.machines.dumpBucket);
  if (uploads.size > 0) problems.push(`${uploads.size} unfinished uploads`);
  const all = await receipts();
  if (all.some((one) => one.state === 'draft')) problems.push('a draft');
  const known = new Set(all.flatMap((one) => one.files.map((file) => file.versionId)));
  const strays = [...objects.values()].flat().filter((one) => !one.deleteMarker && !known.has(one.versionId));
  if (strays.length > 0) problems.push(`${strays.length} files without a receipt`);
  const scratch = lab.machines.databases?.scratch;
  const databases = await scratch?.sql(`SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast%'`);
  const roles = await scratch?.sql(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'holdfast%'`);
  if (databases !== '0' || roles !== '0') problems.push(`${databases} scratch databases, ${roles} roles`);
  return problems;
}

async function tryPoint(point: Point): Promise<string[]> {
  arm(lab, point);
  await run();
  lab.clearFaults();
  const problems = await lies();
  const second = await run();
  if (second.conclusion !== 'success') problems.push('the next run did not succeed');
  return [...problems, ...(await lies()), ...(await leftovers())];
}

test(
  'no dump is called a backup that is none, and the next run leaves nothing of a dead one',
  async () => {
    const mark = lab.log.records.length;
    expect((await run()).conclusion).toBe('success');
    const points = pointsOf(lab.log.records.slice(mark), everyPair('db-dump'));
    const failures: string[] = [];
    for (const point of points) {
      const problems = await tryPoint(point);
      tried += 1;
      mkdirSync(labsDirectory, { recursive: true });
      const line = `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point.title}${problems.map((one) => `\n       ${one}`).join('')}\n`;
      appendFileSync(join(labsDirectory, 'crash.log'), line);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  60 * minute,
);
