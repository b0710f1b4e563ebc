/** The watchdog on the lab: a snapshot and a dump that are missing are told once, and their issues are closed when the backups come. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { metricsKey } from '../../src/actions/watchdog/metrics.ts';
import { promisesKey } from '../../src/domain/tags.ts';
import { parseHistory } from '../../src/watch/page/model/history.ts';
import { parsePromises } from '../../src/watch/promises/promise.ts';
import { historyKey, pageKey } from '../../src/watch/status/status.ts';
import { serve } from '../contract/http-server.ts';
import { expectCalled, runCaller } from './support-callers.ts';
import { nothing, privileges } from './support-privileges.ts';
import { ireland, minutes, rotations, startRegions, sydney, virginia } from './support-rotation.ts';

let lab: Lab;
let s3: S3Client;
const { rotate, snapshots, named, openIssues } = rotations(() => lab);

beforeAll(async () => {
  lab = await startRegions();
  s3 = new S3Client({
    region: virginia,
    endpoint: lab.aws.url,
    forcePathStyle: true,
    credentials: lab.aws.administrator,
  });
  const { aws, github } = lab;
  Object.assign(github.state.variables, {
    HOLDFAST_WATCH_ROLE: aws.roles.WatchRole,
    HOLDFAST_RECEIPT_BUCKET: aws.receiptBucket,
    HOLDFAST_IB_SOURCE: '',
    HOLDFAST_STATUS_PAGE: 'bucket',
    HOLDFAST_METRICS: 'bucket',
    HOLDFAST_TARGETS: '{"*":{"allowance":"0s"},"orders":{"cron":"* * * * *"}}',
  });
  // So that some run of today's slot is always due.
  for (const one of github.state.workflows)
    if (one.path.endsWith('/ebs-rotate.yml'))
      Object.assign(one, { text: one.text?.replace('23 1,5,9,13,17,21', '*/5 *') });
}, 300_000);

afterAll(async () => {
  s3?.destroy();
  await lab?.stop();
}, 120_000);

const watch = (inputs?: Record<string, string>) => lab.runWorkflow('watchdog', inputs ? { inputs } : {});
const put = (key: string, body: string) =>
  s3.send(new PutObjectCommand({ Bucket: lab.aws.receiptBucket, Key: key, Body: body }));

/** The receipt of a dump of `orders`. */
const putDump = (takenAt: string, files: readonly object[]) =>
  put(
    'receipts/orders/dump-20260101T000000Z-1-1.json',
    JSON.stringify({
      ...{ format: 'holdfast-receipt/1', kind: 'database-dump', source: 'orders', engine: 'postgres', state: 'taken' },
      ...{ takenAt, run: { key: 'acme/backups/actions/runs/1', url: 'https://github.com/acme', attempt: 1 } },
      ...{ files, proof: [], timeline: [], verdict: 'good', bucket: lab.aws.dumpBucket },
    }),
  );

async function stored(Key = promisesKey): Promise<string | undefined> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: lab.aws.receiptBucket, Key })).catch(() => undefined);
  return answer?.Body?.transformToString('utf8');
}

const outcomeOf = (run: RunResult, step: string) =>
  run.jobs.flatMap((job) => job.steps).find(({ name }) => name === step)?.outcome;

test(
  'a dry run says what is promised, and changes nothing',
  async () => {
    const run = await watch({ 'dry-run': 'true' });
    expect(run.conclusion).toBe('success');
    expect(run.summary).toContain('orders (database-dump)');
    expect(run.summary).toContain('ib01.prod (rotation-snapshot)');
    expect(await stored()).toBeUndefined();
    // The page is made, and nothing of it is written into the bucket.
    expect([await stored(pageKey), await stored(historyKey)]).toEqual([undefined, undefined]);
    expect(outcomeOf(run, 'Keep the status page')).toBe('success');
    expect(openIssues()).toEqual([]);
  },
  2 * minutes,
);

test(
  'what is promised is kept in the bucket, and what was not promised before is not missing',
  async () => {
    // A heartbeat service outside is told of the look.
    const service = await serve(() => ({ status: 200 }));
    const run = await lab.runWorkflow('watchdog', { secrets: { HEARTBEAT_URL: `${service.url}/ping/0a1b2c3d` } });
    await service.close();
    expect(run.conclusion).toBe('success');
    expect(service.asked.map(({ path }) => path.split('?')[0])).toEqual(['/ping/0a1b2c3d/start', '/ping/0a1b2c3d']);
    expect(service.asked[1]?.body).toBe(`watchdog ${run.url}`);
    const promises = parsePromises((await stored()) ?? '')?.repositories['acme/backups'] ?? [];
    expect(promises.find(({ source }) => source === 'ib01.prod')).toMatchObject({
      kind: 'rotation-snapshot',
      region: virginia,
      schedules: [{ expression: '*/5 * * * *', slot: { everyHours: 24, timeZone: 'UTC' } }],
    });
    expect(openIssues().filter((title) => title.includes('missing'))).toEqual([]);
  },
  2 * minutes,
);

test(
  'a missing backup is told once, and its issue is closed when the backup comes',
  async () => {
    await rotate();
    const ib01 = named(virginia, 'ib01.prod');
    // Its copies are backups, too.
    for (const region of [virginia, ireland, sydney]) {
      const { snapshots: all } = lab.aws.ec2.world(region);
      for (const { id, tags } of snapshots(region)) if (tags.get('holdfast:instance') === ib01.id) all.delete(id);
    }
    // As if all of it had been promised, and the volumes attached, for a week.
    const past = new Date(Date.now() - 7 * 86_400_000).toISOString();
    await put(promisesKey, (await stored())?.replaceAll(/"(since|vol-\w+)": "[^"]*"/g, `"$1": "${past}"`) ?? '');

    const first = await watch();
    expect(first.conclusion).toBe('success');
    const missing = () => openIssues().filter((title) => title.includes('is missing'));
    expect(missing()).toEqual(['Backup of orders is missing', 'Backup of the volumes of ib01.prod is missing']);
    const found = () => lab.github.state.issues.filter(({ title }) => title === 'Backup of orders is missing');
    expect(found()[0]?.body).toMatch(/orders has never been backed up: the run promised for/);
    expect(first.summary).toMatch(/2 sources of \d+ have no backup as promised/);
    expect(await stored(pageKey)).toContain('orders has never been backed up: the run promised for');
    expect(await stored(metricsKey)).toContain('holdfast_backup_missing{source="orders",kind="database-dump"} 1');
    expect(parseHistory(await stored(historyKey))?.sources).toHaveProperty('database-dump orders');
    // The next look says nothing more.
    await watch();
    expect(missing()).toHaveLength(2);
    expect(found().map(({ comments }) => comments.length)).toEqual([0]);

    // Somebody takes one by hand, since the runs of the day have found their slot taken.
    await rotate({ slot: 'again' });
    const taken = snapshots(virginia).filter(({ tags }) => tags.get('holdfast:instance') === ib01.id);
    expect(taken.length).toBeGreaterThan(0);
    const takenAt = new Date(Date.now() + 5 * minutes).toISOString();
    await putDump(takenAt, []);
    await watch();
    expect(missing()).toEqual([]);
    expect(found()).toMatchObject([{ state: 'closed', comments: [{ body: expect.stringContaining('Over: ') }] }]);
  },
  6 * minutes,
);

test(
  'a dump whose object is not there does not count',
  async () => {
    const takenAt = new Date(Date.now() + 5 * minutes).toISOString();
    const file = {
      kind: 'archive',
      bucket: lab.aws.dumpBucket,
      key: 'db/orders.dump',
      versionId: 'v1',
      size: 5,
      sha256: '',
    };
    await putDump(takenAt, [file]);
    await watch();
    const [issue] = lab.github.state.issues.filter(({ title }) => title === 'Backup of orders is missing');
    expect(issue).toMatchObject({ state: 'open', body: expect.stringContaining('cannot be restored: s3://') });
  },
  2 * minutes,
);

test(
  'the caller on the page publishes on GitHub Pages where they are on, and fails nowhere else',
  async () => {
    const page = 'docs/status-page.md';
    const site = () => readFileSync(join(lab.directory, 'runs/pages/index.html'), 'utf8');
    const without = await runCaller(lab, page);
    expectCalled(lab, without);
    expect(outcomeOf(without, 'Publish')).toBe('skipped');
    expect(site).toThrow('ENOENT');
    lab.github.state.pages = 'workflow';
    expectCalled(lab, await runCaller(lab, page));
    expect(site()).toContain('<h1 id="answer">');
  },
  4 * minutes,
);

test(
  'evidence of today has the missed run, the deleted receipt and who changed what, and is attested',
  async () => {
    const key = `receipts/orders/dump-deleted.json`;
    await put(key, '{}');
    await s3.send(new DeleteObjectCommand({ Bucket: lab.aws.receiptBucket, Key: key }));
    const today = new Date().toISOString().slice(0, 10);
    const run = await lab.runWorkflow('evidence', { inputs: { from: today, to: today } });
    expect(run.conclusion).toBe('success');
    expect(run.summary).toContain(`${today} to ${today}: `);
    expect(run.summary).not.toContain('could not be read');
    // The role may ask CloudTrail, and the period is one that it has.
    expect(run.summary).toContain('to CloudTrail these are data events');
    expect(run.summary).not.toMatch(/, in CloudTrail: |event history was not read/);
    expect(outcomeOf(run, 'Keep the evidence')).toBe('success');
    expect(outcomeOf(run, 'Attest the evidence')).toBe('success');
  },
  2 * minutes,
);

test('the role may do nothing that no run needs', async () => {
  // The rotations are another suite's evidence.
  const asked = lab.aws.asked.all().filter(({ by }) => by === 'holdfast-watch');
  const aws = { ...lab.aws, asked: { all: () => asked } } as unknown as Lab['aws'];
  expect(await privileges({ aws }, 'watchdog')).toEqual(nothing);
});
