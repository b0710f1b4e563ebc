/** The crash suite of dumps: tries one point after another, and checks what must and must not be left. */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { labsDirectory } from '../../lab/directory.ts';
import type { Lab } from '../../lab/lab.ts';
import type { DumpedJob } from '../../lab/rehearsals/dump-checks.ts';
import type { CallRecord } from '../../lab/services/http/call-log.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { arm, type ChosenPoint, chosenPoints, everyPair, type Point, pointsOf } from './points.ts';

export interface DumpSuite {
  readonly lab: Lab;
  /** Path of the workflow, and its inputs. */
  readonly workflow: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What dumps of its engine may leave. */
  readonly job: DumpedJob;
  /** At which calls, when not every pair is tried: all calls of an operation, or none; or points chosen by hand. */
  readonly chosen?: ((call: CallRecord) => boolean) | readonly ChosenPoint[];
  /** What else the next run must not leave; a line each. */
  readonly more?: () => Promise<readonly string[]>;
}

/**
 * The moments at which engines differ: their tool dumps, their copy is restored. What becomes of uploads and receipts is the same for all, and
 * is tried with PostgreSQL at every call.
 */
export const dumpMoments: readonly ChosenPoint[] = [
  ['UploadPart', 1, 'killed before'],
  ['UploadPart', 1, 'hanging'],
  ['UploadPart', 2, 'killed after'],
  ['CompleteMultipartUpload', 1, 'killed after'],
  ['CompleteMultipartUpload', 2, 'killed before'],
  ['PutObject', 2, 'killed after'],
  ['GetObject', 1, 'killed after'],
];

/**
 * Expects at every point that no receipt describes an incomplete dump, and that the next run is good and removes what the
 * dead one left.
 * @returns number of points
 */
export async function tryDumpPoints(suite: DumpSuite): Promise<number> {
  const { lab, chosen = () => true } = suite;
  const before = lab.log.records.length;
  expect((await run(suite)).conclusion).toBe('success');
  const points = choose(lab.log.records.slice(before), everyPair('db-dump') ? () => true : chosen);
  const failures: string[] = [];
  for (const point of points) {
    const problems = await tryPoint(suite, point);
    mkdirSync(labsDirectory, { recursive: true });
    const line = `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point.title}${problems.map((one) => `\n       ${one}`).join('')}\n`;
    appendFileSync(join(labsDirectory, 'crash.log'), line);
    if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
  }
  expect(failures).toEqual([]);
  return points.length;
}

function choose(calls: readonly CallRecord[], chosen: NonNullable<DumpSuite['chosen']>): Point[] {
  if (typeof chosen !== 'function') return chosenPoints(calls, chosen);
  return pointsOf(calls.filter(chosen), everyPair('db-dump'));
}

function run({ lab, workflow, inputs = {} }: DumpSuite): ReturnType<Lab['runWorkflow']> {
  return lab.runWorkflow(workflow, { event: 'workflow_dispatch', inputs });
}

async function tryPoint(suite: DumpSuite, point: Point): Promise<string[]> {
  const { lab, more } = suite;
  arm(lab, point);
  await run(suite);
  lab.clearFaults();
  const problems = await wrongReceipts(lab);
  const second = await run(suite);
  if (second.conclusion !== 'success') problems.push('the next run did not succeed');
  return [
    ...problems,
    ...(await wrongReceipts(lab)),
    ...(await leftovers(suite)),
    ...(more ? await settled(more) : []),
  ];
}

/** What is left for 20 s: a server takes a moment to end a session whose client has gone. */
async function settled(more: NonNullable<DumpSuite['more']>): Promise<readonly string[]> {
  for (const until = Date.now() + 20_000; ; ) {
    const left = await more();
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function receipts(lab: Lab): Promise<DumpReceipt[]> {
  return Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
}

/** Receipts of complete dumps whose files are not in the bucket, byte for byte; and verdicts that are wrong. */
async function wrongReceipts(lab: Lab): Promise<string[]> {
  const problems: string[] = [];
  const { objects } = lab.aws.s3.bucket(lab.aws.dumpBucket);
  for (const receipt of await receipts(lab)) {
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

/** What is left of a dead run, though the next run must have removed it. */
async function leftovers({ lab, job }: DumpSuite): Promise<string[]> {
  const problems: string[] = [];
  const { uploads, objects } = lab.aws.s3.bucket(lab.aws.dumpBucket);
  if (uploads.size > 0) problems.push(`${uploads.size} unfinished uploads`);
  const all = await receipts(lab);
  if (all.some((one) => one.state === 'draft')) problems.push('a draft');
  const known = new Set(all.flatMap((one) => one.files.map((file) => file.versionId)));
  const strays = [...objects.values()].flat().filter((one) => !one.deleteMarker && !known.has(one.versionId));
  if (strays.length > 0) problems.push(`${strays.length} files without a receipt`);
  const left = await job.left(lab);
  if (left.length > 0) problems.push(`on the scratch server: ${left.join(', ')}`);
  return problems;
}
