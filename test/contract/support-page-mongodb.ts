/** Every command of docs/restore-mongodb.md, on the bare host of restore-pages.long.test.ts. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import { expectTyped, mongoDownload } from './support-bare.ts';
import {
  expectPrinted,
  folder,
  install,
  it,
  minutes,
  mongo,
  takeOff,
  way,
  whatThereIs,
} from './support-page-on-host.ts';
import { blocksBelow } from './support-restore-pages.ts';

export function mongodbPage(): void {
  const page = 'docs/restore-mongodb.md';
  let server: MongoServer;
  let scratch: MongoServer;
  let tarball: string;
  const people = Array.from({ length: 250 }, (_, at) => ({
    _id: at as never,
    mail: `p${at}@acme.test`,
    tags: ['a', { b: at }],
  }));

  beforeAll(async () => {
    [server, scratch] = (await Promise.all(
      ['mongodb', 'mongodb-scratch'].map((name) => startMongo({ directory: join(folder, name), kind: 'ferret' })),
    )) as [MongoServer, MongoServer];
    await server.client.db('shop').collection('people').insertMany(people);
    await server.client.db('shop').collection('people').createIndex({ mail: 1 }, { unique: true, name: 'by mail' });
    process.env.PATH = `${mongo}:${process.env.PATH}`;
    const usual = {
      ...{
        engine: 'mongodb',
        'aws-region': 'us-east-1',
        bucket: it.account.aws.dumpBucket,
        'receipt-bucket': it.account.aws.receiptBucket,
      },
      ...{
        'database-url': server.url(),
        'scratch-url': scratch.url(),
        'anonymize-key': 'a key of the tests',
        'work-directory': folder,
      },
    };
    await it.act('db-dump', {
      ...usual,
      source: 'ingest.prod',
      name: 'ingest-prod',
      'keep-as': 'dated',
      prefix: 'db/prod/',
    });
    await it.act('db-dump', {
      ...usual,
      source: 'ingest.archive',
      name: 'ingest-archive',
      'archive-format': 'archive',
    });
    const { stdout } = await it.account.shell(`aws s3 ls s3://${it.account.aws.dumpBucket}/db/prod/`);
    tarball = /\S+_\d\d\.tar\.gz/.exec(stdout)?.[0] ?? '';
    await server.client.db('shop').dropDatabase();
  }, 5 * minutes);
  afterEach(async () => void (await server.client.db('shop').dropDatabase()));
  afterAll(async () => {
    await takeOff(page);
    await expectTyped(it.host, 'rm /usr/local/bin/mongo*');
    await Promise.all([server?.stop(), scratch?.stop()]);
  });

  const placeholders = (source: string) => ({
    'receipts/ingest.prod/': `receipts/${source}/`,
    'mongodb://HOST/': `mongodb://${server.host}:${server.port}/`,
    '2018-04-04T11_37.tar.gz': tarball,
    'https://fastdl.mongodb.org/tools/db/mongodb-database-tools-debian12-x86_64-100.12.2.tgz': mongoDownload,
  });

  const check = blocksBelow(page, 'Before anyone relies on it');
  test.each([
    ['A tarball', 'ingest.prod', check.slice(0, 1)],
    ['An archive', 'ingest.archive', check.slice(1)],
    ['A tarball without a receipt', 'ingest.prod', []],
  ])(
    '%s: the newest proven dump answers as the source did',
    async (heading, source, checks) => {
      const blocks = blocksBelow(page, install, heading);
      const answer = await way(blocks, placeholders(source), it.person('dumps'), checks);
      expect(people).toContainEqual(JSON.parse(answer));
      const found = server.client.db('shop').collection('people');
      expect(await found.find({}).sort({ _id: 1 }).toArray()).toEqual(people);
      expect((await found.listIndexes().toArray()).map(({ name }) => name)).toContain('by mail');
    },
    3 * minutes,
  );

  test(
    'the summary prints the commands of the page',
    () => expectPrinted(page, ['A tarball'], placeholders('ingest.prod')),
    minutes,
  );

  test(
    'the receipts say what there is',
    async () => {
      expect(await whatThereIs(page, placeholders('ingest.prod'))).toMatch(
        /\tgood\tarchive [\d.]+ s, [\s\S]*people\t250/,
      );
    },
    minutes,
  );
}
