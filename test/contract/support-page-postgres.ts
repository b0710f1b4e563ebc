/** Every command of docs/restore-postgres.md, on the bare host of restore-pages.long.test.ts. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { expectTyped } from './support-bare.ts';
import { expectPrinted, folder, install, it, minutes, takeOff, way, whatThereIs } from './support-page-on-host.ts';
import { blocksBelow, type PageBlock } from './support-restore-pages.ts';

/** A package of the name that PostgreSQL's own archive has, with the distribution's client; apt finds it once it was told of that archive, and asked anew. */
const newerClient = `mkdir -p /stand-in/client/DEBIAN && cd /stand-in && touch Packages
  echo 'Package: postgresql-client-17
Version: 17
Architecture: all
Maintainer: lab <lab@example.test>
Depends: postgresql-client
Description: stand-in' >client/DEBIAN/control
  dpkg-deb --build client client.deb >&2
  { cat client/DEBIAN/control
    echo "Filename: ./client.deb
Size: $(stat --format %s client.deb)
SHA256: $(sha256sum client.deb | cut -d ' ' -f 1)"; } >Packages.later
  echo 'deb [trusted=yes] file:/stand-in ./' >/etc/apt/sources.list.d/stand-in.list
  echo 'APT::Update::Pre-Invoke {"test ! -e /etc/apt/sources.list.d/pgdg.sources || cp /stand-in/Packages.later /stand-in/Packages";};' \
    >/etc/apt/apt.conf.d/99stand-in`;

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
      const [whole, unpacked] = blocksBelow(page, 'Before anyone relies on it');
      const check = [heading.includes('directory') ? unpacked : whole] as PageBlock[];
      const answer = await way(blocksBelow(page, install, heading), placeholders(source), person(), check);
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
    'a client of a newer series: of the name that its archive, which the lab has not, would give it',
    async () => {
      await expectTyped(it.host, newerClient);
      const blocks = blocksBelow(page, 'A client of a newer series', 'The archive');
      expect((await way(blocks, placeholders('infinite.prod'), person())).split(/\s+/)).toContain(users());
      const shown =
        'cd /etc/apt; cat sources.list.d/pgdg.sources; rm sources.list.d/{pgdg.sources,stand-in.list} apt.conf.d/99stand-in';
      const removed = 'apt-get -qq purge --yes postgresql-common postgresql-client-17 >&2';
      const written = await expectTyped(it.host, `${shown}\n${removed}`, { DEBIAN_FRONTEND: 'noninteractive' });
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
