/** Every command of docs/restore-postgres.md, on the bare host of restore-pages.long.test.ts. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { expectTyped } from './support-bare.ts';
import {
  expectPrinted,
  folder,
  install,
  it,
  minutes,
  most,
  read,
  takeOff,
  way,
  whatThereIs,
} from './support-page-on-host.ts';
import { blocksBelow, commandsIn } from './support-restore-pages.ts';

export function postgresPage(): void {
  const page = 'docs/restore-postgres.md';
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
      const answer = await way(blocksBelow(page, install, heading), placeholders(source), person());
      expect(answer.split(/\s+/)).toEqual(['', 'count', '-------', users(), '(1', 'row)', '']);
      expect(await content()).toEqual(expected);
    },
    3 * minutes,
  );

  test(
    'without personal data: as many rows, and no address of the source',
    async () => {
      const answer = await way(
        blocksBelow(page, install, 'Without personal data'),
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
    'a client of a newer series takes two commands more; the last of them needs an archive that the lab has not',
    async () => {
      const newer = blocksBelow(page, 'A client of a newer series');
      const text = read(newer, {});
      const own = commandsIn(text);
      expect(own.at(-1)).toMatch(/^apt-get install --yes postgresql-client-\d+\n$/);
      expect(own.length + commandsIn(read(blocksBelow(page, 'The archive'), {})).length).toBe(most + 2);
      const shown = 'cat /etc/apt/sources.list.d/pgdg.sources; rm /etc/apt/sources.list.d/pgdg.sources';
      const environment = { DEBIAN_FRONTEND: 'noninteractive' };
      const written = await expectTyped(it.host, `set -e\n${own.slice(0, -1).join('')}${shown}`, environment);
      await expectTyped(it.host, 'apt-get -qq purge --yes postgresql-common >&2', environment);
      expect(written).toMatch(/URIs: https:\/\/apt\.postgresql\.org\/pub\/repos\/apt\nSuites: bookworm-pgdg\n/);
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
}
