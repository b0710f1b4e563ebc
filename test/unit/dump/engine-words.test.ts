/** What a dump of an engine other than PostgreSQL is called, and how its keys stay its own. */
import { expect, test } from '@jest/globals';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { changesSince } from '../../../src/dump/changes.ts';
import { type DumpLocation, objectKey } from '../../../src/dump/files.ts';
import { withFreeKeys } from '../../../src/dump/free-keys.ts';
import { dumpPlan } from '../../../src/dump/plan.ts';
import { sweep } from '../../../src/dump/sweep.ts';
import { dumpFacts } from '../../../src/report/render/dump-text.ts';
import type { Report } from '../../../src/report/report.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../fakes/context.ts';
import { FakeGitHub } from '../../fakes/github.ts';
import { FakeObjects } from '../../fakes/objects.ts';

const takenAt = '2018-04-04T11:37:09.000Z';
const location: DumpLocation = {
  source: 'shop.mongo',
  bucket: 'dumps',
  receiptBucket: 'dumps',
  prefix: 'shop/',
  name: 'shop.mongo',
  keepAs: 'dated',
  format: 'tarball',
};

const receipt = (documents: number): DumpReceipt => ({
  format: 'holdfast-receipt/1',
  kind: 'database-dump',
  source: location.source,
  engine: 'mongodb',
  state: 'taken',
  takenAt,
  run: { key: 'o/r/actions/runs/1', url: '', attempt: 1 },
  database: 'all databases',
  place: 'pod mongo-0',
  product: 'FerretDB',
  bucket: location.bucket,
  versions: { holdfast: '1', server: '7.0.42', tools: '100.13.0' },
  fingerprint: {
    takenAt,
    seconds: 1,
    serverVersion: '7.0.42',
    tables: [{ name: 'shop.users', rows: String(documents), checksum: '1' }],
    sequences: {},
    extensions: {},
    objects: {},
  },
  files: [],
  timeline: [],
  verdict: 'good',
  proof: [],
  notes: [],
});

test('changes and facts are in the words of the engine, with the product of the receipt', () => {
  expect(changesSince(receipt(500), receipt(100), 0.3).map(({ what }) => what)).toEqual([
    'documents of all collections',
    'documents of shop.users',
  ]);
  const dump = { receipt: receipt(500), before: undefined, changes: [], warnings: [] };
  const facts = Object.fromEntries(dumpFacts({ dump } as unknown as Report).map(({ name, value }) => [name, value]));
  expect(facts).toMatchObject({
    Database: 'all databases, FerretDB 7.0.42, dumped on pod mongo-0',
    Fingerprint: '1 collection, 500 documents',
  });
});

test('a database that nobody chose and nobody excluded is in the plan', () => {
  const facts = {
    product: 'MongoDB',
    serverVersion: '8.0',
    tool: 'mongodump',
    toolsVersion: '100.13.0',
    shown: 'shop on db:27017',
    database: 'shop',
    bytes: 1,
    place: 'runner',
    uncovered: ['crm'],
    notes: [],
  };
  const bucket = { known: [], hidden: [], room: [] };
  const plan = dumpPlan({ location, files: ['archive'], prove: [], keep: 3 }, facts, bucket);
  expect(plan.map(({ decision }) => decision)).toEqual([
    'dump shop on db:27017 with mongodump 100.13.0',
    'leave out the database crm',
    'write the archive file to s3://dumps/shop/TIME.tar.gz',
  ]);
});

async function upload(objects: FakeObjects, key: string) {
  return objects.upload({ bucket: location.bucket, key, contentType: '', tags: {}, metadata: {} });
}

test('a key of a minute that another dump has, or is about to have, gets the second', async () => {
  const objects = new FakeObjects(new FakeClock());
  // The role lists versions in that bucket, and not objects.
  objects.list = () => Promise.reject(new Error('AccessDenied'));
  const free = () => withFreeKeys(location, ['archive', 'anonymised'], takenAt, objects);
  expect(await free()).toBe(location);
  const other = await upload(objects, 'shop/2018-04-04T11_37.anon.tar.gz');
  expect(objectKey(await free(), 'archive', takenAt)).toBe('shop/2018-04-04T11_37_09.tar.gz');
  await other.write(Buffer.from('x'));
  await other.finish();
  await other.complete();
  expect(await free()).toMatchObject({ seconds: true });
});

test('in a folder of several sources only the uploads that a draft of its own names are aborted', async () => {
  const clock = new FakeClock();
  const objects = new FakeObjects(clock);
  const own = await upload(objects, 'shop/2018-04-04T11_37.tar.gz');
  const foreign = await upload(objects, 'shop/2018-04-04T11_38.tar.gz');
  const draft = { ...receipt(1), state: 'draft' as const, uploads: [{ key: own.key, uploadId: own.id }] };
  const engine = { sweep: async () => [] };
  const runs = new FakeGitHub();
  const key = 'receipts/shop.mongo/dump-x.json';
  const place = { bucket: location.receiptBucket, key, contentType: '', tags: {}, metadata: {} };
  await objects.put(place, JSON.stringify(draft));
  const known = [{ key, receipt: draft }];
  clock.advance(48 * 3_600_000);
  const ports = { engine, objects, runs };
  const readAt = clock.now();
  await sweep(location, ['archive'], { known, readAt }, ports, { ...fakeContext(clock, fakeRun(2)), run: fakeRun(2) });
  expect((await objects.unfinished(location.bucket, '')).map(({ uploadId }) => uploadId)).toEqual([foreign.id]);
});
