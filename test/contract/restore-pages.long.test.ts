/**
 * Every command of the pages that tell how to restore by hand, on a bare host: a Debian as it is after its installation, with AWS's command
 * line, and without node, npm, this repository, GitHub's variables or Holdfast's programs. The clients are those that the page installs; the
 * backups are made by the actions. After each way the first query is answered as the source answered it.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mongoPrograms } from '../../lab/hosts/mongodb/programs.ts';
import { type MongoServer, startMongo } from '../../lab/hosts/mongodb/server.ts';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { fetchCommand, volumeCommand } from '../../src/report/render/restore-text.ts';
import { type Bare, bare, expectTyped, follow, lost, startBare, volumes } from './support-bare.ts';
import { blocksBelow, commandsIn, type PageBlock, restoreBlocks } from './support-restore-pages.ts';

ensurePrerequisites();
const mongo = await mongoPrograms();

/** Commands from nothing to the first query, that among them. */
const most = 5;
const minutes = 60_000;

let it: Bare;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'));
  chmodSync(folder, 0o755);
  it = await startBare(['mongorestore', 'mongoexport'].map((name) => join(mongo, name)));
}, 10 * minutes);
afterAll(async () => {
  await it?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 2 * minutes);

/** Blocks that have run, by page and line. */
const ran = new Set<string>();
const nameOf = ({ page, line }: PageBlock): string => `${page}:${line}`;

/** As a reader reads it: with the names of the account in place of those of the page. */
function read(blocks: readonly PageBlock[], placeholders: Readonly<Record<string, string>>): string {
  const { receiptBucket, dumpBucket } = it.account.aws;
  const all = Object.entries({ ...placeholders, 'RECEIPT-BUCKET': receiptBucket, 'DUMP-BUCKET': dumpBucket });
  for (const block of blocks) ran.add(nameOf(block));
  return blocks.map(({ text }) => all.reduce((result, [name, value]) => result.replaceAll(name, value), text)).join('');
}

/** Follows a way; it may not be longer than promised. @returns the answer to the first query */
async function way(
  blocks: readonly PageBlock[],
  placeholders: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const text = read(blocks, placeholders);
  expect(commandsIn(text).length).toBeLessThanOrEqual(most);
  return await follow(it.host, text, environment);
}

/** What a page has the reader install is taken off again: the next page must name what it needs. */
const takeOff = async (page: string): Promise<void> => {
  const [, packages = ''] =
    /apt-get install --yes (.*)/.exec(blocksBelow(page, '1. Fetch the receipts')[0]?.text ?? '') ?? [];
  await expectTyped(it.host, `apt-get -qq purge --yes ${packages.replace('awscli ', '')} >&2`, {
    DEBIAN_FRONTEND: 'noninteractive',
  });
};

/** The commands that show what there is: those that read the receipts need them. */
async function whatThereIs(page: string, placeholders: Readonly<Record<string, string>>): Promise<string> {
  const fetch = read(blocksBelow(page, '1. Fetch the receipts'), placeholders);
  const shown = read(blocksBelow(page, 'What there is'), placeholders);
  return await expectTyped(it.host, `cd "$(mktemp -d)"\n${fetch}${shown}`, it.person('dumps'));
}

/** The words of a command that fetches a file, as the reader's shell understands it, but for the name that the file gets. */
async function understood(text: string): Promise<string[]> {
  const stubs = `aws() { printf '%s\\n' "$1" "$2" "\${@:4}"; }
    tar() { cat >&2; printf '%s\\n' tar "\${@/--one-top-level=*/--one-top-level}" >&2; }`;
  const { stdout, stderr } = await it.host.type(`cd /tmp/receipts\n${stubs}\n${text}`);
  return `${stdout}${stderr}`.trim().split('\n').sort();
}

/** What the summary of the newest proven dump prints is what the page says: as many words, and the same ones. */
async function expectPrinted(
  page: string,
  headings: readonly string[],
  placeholders: Readonly<Record<string, string>>,
): Promise<void> {
  const [fetch = '', ...own] = blocksBelow(page, '1. Fetch the receipts', ...headings).map((one) =>
    read([one], placeholders),
  );
  const newest = `jq -s 'map(select(.verdict == "good")) | max_by(.takenAt)' receipts/dump-*.json`;
  const text = `rm -rf /tmp/receipts && mkdir /tmp/receipts && cd /tmp/receipts\n{ ${fetch} } >&2\n${newest}`;
  const { files } = JSON.parse(await expectTyped(it.host, text, it.person('dumps'))) as DumpReceipt;
  const printed = await Promise.all(files.map((file) => understood(fetchCommand(file))));
  for (const block of own) {
    const words = await understood(commandsIn(block)[0] ?? '');
    expect(words.length).toBeGreaterThan(6);
    expect(printed).toContainEqual(words);
  }
}

test('the host has nothing of this computer', async () => {
  const { stdout } = await it.host.type(
    `for name in node npm npx git gh jq psql pg_restore mysql mariadb mongorestore zstd holdfast; do command -v $name; done
    ls / /opt /root /home; env`,
  );
  expect(stdout).not.toMatch(/\/(node|npm|npx|git|gh|jq|psql|pg_restore|mysql|mariadb|mongorestore|zstd|holdfast)\n/);
  expect(stdout).not.toMatch(/GITHUB|HOLDFAST|ACTIONS|work/);
});

describe('PostgreSQL', () => {
  const page = 'docs/restore-postgres.md';
  const fetch = '1. Fetch the receipts';
  let server: PostgresServer;
  let expected: Readonly<Record<string, string>>;

  const content = async (): Promise<Record<string, string>> => {
    const names = (
      await server.sql(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'infinite' ORDER BY 1",
        'infinite',
      )
    )
      .trim()
      .split('\n');
    const one = (name: string) => server.sql(`SELECT count(*), sum(hashtext(t::text)) FROM ${name} t`, 'infinite');
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await one(name)).trim()])));
  };

  beforeAll(async () => {
    server = await startPostgres({ directory: join(folder, 'postgres') });
    await server.createDatabase('infinite');
    await fillDatabase(server, 'infinite', { megabytes: 3 });
    expected = await content();
    const usual = {
      ...{
        'aws-region': 'us-east-1',
        bucket: it.account.aws.dumpBucket,
        'receipt-bucket': it.account.aws.receiptBucket,
      },
      ...{ 'database-url': server.url('infinite'), 'scratch-url': server.url(), 'scratch-superuser': 'true' },
      ...{ 'anonymize-key': 'a key of the tests', 'work-directory': folder },
    };
    await it.act('db-dump', { ...usual, source: 'infinite.prod', name: 'infinite-prod' });
    await it.act('db-dump', {
      ...usual,
      source: 'infinite.large',
      name: 'infinite-large',
      'archive-format': 'directory',
      compression: 'zstd',
    });
    // The newest version of each key is one that nobody proved.
    await server.sql('DELETE FROM infinite.messages', 'infinite');
    await it
      .act('db-dump', { ...usual, source: 'infinite.prod', name: 'infinite-prod', prove: 'none' })
      .catch(() => {});
    await server.sql('DROP DATABASE infinite');
  }, 5 * minutes);
  afterEach(() => server.sql('DROP DATABASE IF EXISTS infinite'));
  afterAll(async () => {
    await takeOff(page);
    await server?.stop();
  });

  const placeholders = (source: string) => ({
    'receipts/infinite.prod/': `receipts/${source}/`,
    'USER@HOST': `${server.user}@${server.host}:${server.port}`,
  });
  const person = () => ({ ...it.person('dumps'), PGPASSWORD: server.password });
  const users = (): string => expected['infinite.users']?.split('|')[0] ?? '';

  test.each([
    ['The archive', 'infinite.prod'],
    ['The archive in the directory format', 'infinite.large'],
    ['The plain file', 'infinite.prod'],
    ['The plain file with Zstandard', 'infinite.large'],
  ])(
    '%s: the newest proven dump answers as the source did',
    async (heading, source) => {
      const answer = await way(blocksBelow(page, fetch, heading), placeholders(source), person());
      expect(answer.split(/\s+/)).toEqual(['', 'count', '-------', users(), '(1', 'row)', '']);
      expect(await content()).toEqual(expected);
    },
    3 * minutes,
  );

  test(
    'without personal data: as many rows, and no address of the source',
    async () => {
      const answer = await way(
        blocksBelow(page, fetch, 'Without personal data'),
        placeholders('infinite.prod'),
        person(),
      );
      expect(answer.split(/\s+/)).toContain(users());
      // A value that is replaced may belong to another partition.
      const rows = (of: Readonly<Record<string, string>>): ReadonlyMap<string, number> => {
        const counts = new Map<string, number>();
        for (const [partition, text] of Object.entries(of)) {
          const name = partition.replace(/_\d+$/, '');
          counts.set(name, (counts.get(name) ?? 0) + Number(text.split('|')[0]));
        }
        return counts;
      };
      const found = await content();
      expect(rows(found)).toEqual(rows(expected));
      expect(found['infinite.users']).not.toBe(expected['infinite.users']);
    },
    3 * minutes,
  );

  test(
    'the summary prints the commands of the page',
    async () => {
      await expectPrinted(
        page,
        ['The archive', 'The plain file', 'Without personal data'],
        placeholders('infinite.prod'),
      );
      await expectPrinted(page, ['The archive in the directory format'], placeholders('infinite.large'));
    },
    minutes,
  );

  test(
    'the receipts say what there is, how long a restore took, and how many rows there must be',
    async () => {
      const shown = await whatThereIs(page, placeholders('infinite.prod'));
      const [first, second, ...tables] = shown
        .trim()
        .split('\n')
        .filter((line) => line.includes('\t'));
      expect(first).toMatch(/^\S+Z\tgood\tarchive [\d.]+ s, plain [\d.]+ s, anonymised [\d.]+ s\tarchive \d+ bytes, /);
      expect(second).toMatch(/\tunproven\t/);
      expect(tables).toContain(`infinite.users\t${users()}`);
    },
    minutes,
  );
});

describe('MySQL and MariaDB', () => {
  const page = 'docs/restore-mysql.md';
  const fetch = '1. Fetch the receipts';
  let server: MysqlServer;
  let scratch: MysqlServer;
  let expected: string;

  const content = (): Promise<string> =>
    server.sql('CHECKSUM TABLE shop.orders, shop.people; SELECT COUNT(*) FROM shop.totals');

  beforeAll(async () => {
    [server, scratch] = (await Promise.all(
      ['mysql', 'mysql-scratch'].map((name) => startMysql({ directory: join(folder, name) })),
    )) as [MysqlServer, MysqlServer];
    await server.sql(`CREATE DATABASE shop; USE shop;
      CREATE TABLE people (id INT PRIMARY KEY AUTO_INCREMENT, mail VARCHAR(100), note BLOB);
      INSERT INTO people (mail, note) SELECT CONCAT('p', seq, '@acme.test'), x'00FF275C0A' FROM seq_1_to_500;
      CREATE TABLE orders (id INT PRIMARY KEY, person INT, FOREIGN KEY (person) REFERENCES people (id));
      INSERT INTO orders SELECT seq, seq FROM seq_1_to_321;
      CREATE VIEW totals AS SELECT person, COUNT(*) AS n FROM orders GROUP BY person`);
    expected = await content();
    const usual = {
      ...{
        engine: 'mysql',
        'aws-region': 'us-east-1',
        bucket: it.account.aws.dumpBucket,
        'receipt-bucket': it.account.aws.receiptBucket,
      },
      ...{ 'scratch-url': scratch.url(), 'anonymize-key': 'a key of the tests', 'work-directory': folder },
    };
    await it.act('db-dump', { ...usual, 'database-url': server.url(), source: 'all.prod', name: 'all-prod' });
    await it.act('db-dump', { ...usual, 'database-url': server.url('shop'), source: 'shop.prod', name: 'shop-prod' });
    await it.act('db-dump', {
      ...usual,
      'database-url': server.url('shop'),
      source: 'shop.zst',
      name: 'shop-zst',
      compression: 'zstd',
    });
    await server.sql('DROP DATABASE shop');
    await expectTyped(
      it.host,
      `printf '[client]\\nuser=${server.user}\\npassword=${server.password}\\nport=${server.port}\\n' > ~/.my.cnf`,
    );
  }, 5 * minutes);
  afterEach(() => server.sql('DROP DATABASE IF EXISTS shop'));
  afterAll(async () => {
    await expectTyped(it.host, 'rm ~/.my.cnf');
    await takeOff(page);
    await Promise.all([server?.stop(), scratch?.stop()]);
  });

  const placeholders = (source: string) => ({
    'receipts/shop.prod/': `receipts/${source}/`,
    '--host=HOST': `--host=${server.host}`,
  });

  test.each([
    ['All databases', 'all.prod'],
    ['One database', 'shop.prod'],
    ['With Zstandard', 'shop.zst'],
  ])(
    '%s: the newest proven dump answers as the source did',
    async (heading, source) => {
      const answer = await way(blocksBelow(page, fetch, heading), placeholders(source), it.person('dumps'));
      expect(answer).toBe('count(*)\n321\n');
      expect(await content()).toBe(expected);
    },
    3 * minutes,
  );

  test(
    'without personal data: as many rows, and no address of the source',
    async () => {
      const blocks = blocksBelow(page, fetch, 'Without personal data');
      expect(await way(blocks, placeholders('shop.prod'), it.person('dumps'))).toBe('count(*)\n321\n');
      expect((await server.sql("SELECT COUNT(*), SUM(mail LIKE '%@acme.test') FROM shop.people")).split(/\s+/)).toEqual(
        ['500', '0'],
      );
    },
    3 * minutes,
  );

  test(
    'the summary prints the commands of the page',
    () => expectPrinted(page, ['One database', 'Without personal data'], placeholders('shop.prod')),
    minutes,
  );

  test(
    'the receipts say what there is',
    async () => {
      expect(await whatThereIs(page, placeholders('shop.prod'))).toMatch(
        /\tgood\tarchive [\d.]+ s, anonymised [\d.]+ s\t[\s\S]*\torders\t|shop.*orders.*\t321/,
      );
    },
    minutes,
  );
});

describe('MongoDB', () => {
  const page = 'docs/restore-mongodb.md';
  const fetch = '1. Fetch the receipts';
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
    await Promise.all([server?.stop(), scratch?.stop()]);
  });

  const placeholders = (source: string) => ({
    'receipts/ingest.prod/': `receipts/${source}/`,
    'mongodb://HOST/': `mongodb://${server.host}:${server.port}/`,
    '2018-04-04T11_37.tar.gz': tarball,
  });

  test.each([
    ['A tarball', 'ingest.prod'],
    ['An archive', 'ingest.archive'],
    ['A tarball without a receipt', 'ingest.prod'],
  ])(
    '%s: the newest proven dump answers as the source did',
    async (heading, source) => {
      const answer = await way(blocksBelow(page, fetch, heading), placeholders(source), it.person('dumps'));
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
});

describe('a volume', () => {
  const page = 'docs/restore-volume.md';
  const proven = 'Of the newest proven snapshot';
  const rotated = 'Of the newest snapshot of the rotation';
  const clicks = 'count(*)\n40000\n';
  const receipt = 'receipts/ib01.prod/1.json';

  beforeAll(async () => {
    const { account, host } = it;
    const { mysql } = { mysql: (await account.shell('id -u mysql; id -g mysql')).stdout.trim().split('\n') };
    // A host with the software of the database, whose account has the number that it has on the source.
    const software = `groupadd --system --gid ${mysql[1]} mysql && useradd --system --uid ${mysql[0]} --gid mysql mysql
      apt-get install -qq --yes --no-install-recommends mariadb-server >&2
      systemd-tmpfiles --create mysqld-ib.conf`;
    await expectTyped(host, software, { DEBIAN_FRONTEND: 'noninteractive' });
    // The disk that is lost is attached, too, and its filesystem mounted: it has the same UUID.
    await host.attach('vol-0dddddddddddddddd', it.original, '/dev/sdx');
    await expectTyped(host, 'mkdir /damaged && mount /dev/nvme1n1 /damaged');
    // What ib-snapshot and verify-volume leave: the newest proven snapshot is not the newest.
    const { stdout, stderr } = await account.shell(`
      echo '{"verification": {"recoverySeconds": 2.76}}' | aws s3 cp - s3://${account.aws.receiptBucket}/${receipt} >&2
      tags='{Key=holdfast:source,Value=ib01.prod},{Key=holdfast:receipt,Value=${receipt}}'
      for one in '${volumes.xfs},good' '${volumes.ext4},bad'; do
        id=$(aws ec2 create-snapshot --volume-id "\${one%,*}" --query SnapshotId --output text \\
          --tag-specifications "ResourceType=snapshot,Tags=[$tags,{Key=Integrity,Value=\${one#*,}}]")
        aws ec2 wait snapshot-completed --snapshot-ids "$id" && echo "$id"
      done`);
    expect({ made: stdout.trim().split('\n').length, stderr: stderr.replaceAll(/.*upload.*|\r|\n/g, '') }).toEqual({
      made: 2,
      stderr: '',
    });
    for (const mode of ['create', 'copy']) {
      await it.act('ebs-rotate', { 'aws-region': 'us-east-1', mode });
      await account.shell('sleep 4');
    }
  }, 5 * minutes);

  const placeholders = (volume: string, region: keyof typeof bare = 'us-east-1') => ({
    'i-0123456789abcdef0': bare[region],
    'us-east-1a': `${region}a`,
    'vol-0123456789abcdef0': volume,
  });
  const afterwards = async (): Promise<void> => {
    // Where the old volume is still mounted, first.
    await expectTyped(it.host, read(blocksBelow(page, 'On the damaged host'), {}));
  };

  test.each([
    ['the newest proven snapshot', proven, 'XFS', volumes.xfs, 'us-east-1'],
    ['the newest snapshot of the rotation', rotated, 'XFS', volumes.xfs, 'us-east-1'],
    ['a partition', rotated, 'XFS on a partition', volumes.partition, 'us-east-1'],
    ['ext4', rotated, 'ext4', volumes.ext4, 'us-east-1'],
    ['a copy in another region', rotated, 'XFS', volumes.xfs, 'eu-west-1'],
  ] as const)(
    '%s: the first query is answered as on the source',
    async (_what, snapshot, mounted, volume, region) => {
      const blocks = blocksBelow(page, snapshot, '2. Attach it', mounted, '4. Ask it');
      expect(await way(blocks, placeholders(volume, region), it.person('volumes', region))).toBe(clicks);
      await afterwards();
      // The original is mounted.
      if (mounted === 'XFS')
        expect((await it.host.type('test -b /dev/nvme2n1 || exit 1; mount /dev/nvme2n1 /mnt')).exitCode).toBe(32);
      await giveBack(region);
    },
    3 * minutes,
  );

  /** Takes the restored volume off the host. */
  async function giveBack(region: keyof typeof bare): Promise<void> {
    const { status, stderr } = await it.account.shell(`export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
      volume=$(aws ec2 describe-volumes --output text --query 'Volumes[0].VolumeId' \\
        --filters Name=attachment.instance-id,Values=${bare[region]} Name=attachment.device,Values=/dev/sdg)
      aws ec2 detach-volume --volume-id "$volume" && aws ec2 wait volume-available --volume-ids "$volume"`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }

  test('the summary prints the command of the page', () => {
    const [first = ''] = commandsIn(read(blocksBelow(page, proven), { 'us-east-1a': 'ZONE' }));
    const words = first.replace(/"\$\([\s\S]*\)"/, 'snap-0').trim();
    expect(volumeCommand('snap-0')).toBe(words);
  });

  test(
    'the snapshots say what there is, and the receipt how long it takes',
    async () => {
      const environment = it.person('volumes');
      const text = read(blocksBelow(page, 'What there is'), { 'i-0123456789abcdef0': lost, 'RECEIPT-KEY': receipt });
      const shown = await expectTyped(it.host, text, environment);
      expect(shown).toMatch(
        /snap-\w+\t\S+\tcompleted\tgood\treceipts\/ib01\.prod\/1\.json\nsnap-\w+\t\S+\tcompleted\tbad\t/,
      );
      for (const volume of Object.values(volumes)) expect(shown).toMatch(new RegExp(`completed\\t.*${volume}`));
      expect(shown).toContain('"recoverySeconds": 2.76');
    },
    minutes,
  );
});

test('every block of the restore pages has run', () => {
  const left = restoreBlocks()
    .map(nameOf)
    .filter((name) => !ran.has(name));
  expect(left).toEqual([]);
});
