/** Every command of docs/restore-mysql.md, on the bare host of restore-pages.long.test.ts. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { expectTyped } from './support-bare.ts';
import { expectPrinted, folder, install, it, minutes, takeOff, way, whatThereIs } from './support-page-on-host.ts';
import { blocksBelow } from './support-restore-pages.ts';

export function mysqlPage(): void {
  const page = 'docs/restore-mysql.md';
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
      const check = blocksBelow(page, 'Before anyone relies on it');
      const answer = await way(blocksBelow(page, install, heading), placeholders(source), it.person('dumps'), check);
      expect(answer).toBe('count(*)\n321\n');
      expect(await content()).toBe(expected);
    },
    3 * minutes,
  );

  test(
    'without personal data: as many rows, and no address of the source',
    async () => {
      const blocks = blocksBelow(page, install, 'Without personal data');
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
}
