/** Faithful dumps of a database that is used meanwhile: none of them may be called bad. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, pause } from '../../hosts/command.ts';
import type { PostgresServer } from '../../hosts/postgres/server.ts';
import { textOf } from './changes.ts';
import { compareCopy, dumpDatabase } from './trial.ts';

const [sourceName, copyName] = ['busy', 'busy_copy'];

/** What goes on beside the dumps, each in a session of its own, again and again. */
const work: Readonly<Record<string, string>> = {
  writers: `INSERT INTO lib.loan (reader, book, day, note) SELECT 105, 1, '2022-01-01', 'busy' FROM generate_series(1, 50);
UPDATE lib.book SET price = price + 0.01 WHERE id < 20; DELETE FROM lib.loan WHERE id IN (SELECT id FROM lib.loan WHERE note = 'busy' ORDER BY id LIMIT 30);`,
  definitions: `DROP TABLE IF EXISTS lib.made CASCADE; CREATE TABLE lib.made (id serial PRIMARY KEY, v text CHECK (v <> '')); INSERT INTO lib.made (v) VALUES ('x'); CREATE VIEW lib.made_view AS SELECT v FROM lib.made;
ALTER TABLE lib.made ADD COLUMN w integer DEFAULT 3; DROP TABLE lib.made CASCADE;
CREATE OR REPLACE FUNCTION lib.twice(a text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT a || a';`,
  truncation: `TRUNCATE lib.volatile; INSERT INTO lib.volatile SELECT 'k' || i, 'v' FROM generate_series(1, 9) i; BEGIN; TRUNCATE lib.same; INSERT INTO lib.same SELECT i % 3, 'same' FROM generate_series(1, 30) i; COMMIT;`,
  indexes: `DROP INDEX CONCURRENTLY IF EXISTS lib.made_index; REINDEX INDEX CONCURRENTLY lib.loan_hash; CREATE INDEX CONCURRENTLY made_index ON lib.loan (day); DROP INDEX CONCURRENTLY lib.made_index;`,
  temporary: `CREATE TEMPORARY TABLE reader (id integer PRIMARY KEY, v text); INSERT INTO reader VALUES (1, 'x'); CREATE TRIGGER t BEFORE UPDATE ON reader FOR EACH ROW EXECUTE FUNCTION lib.nothing();
ALTER TABLE reader ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON reader USING (true); SELECT pg_sleep(0.2);`,
  sequences: `SELECT setval('lib.tickets', 10); SELECT nextval('lib.tickets') FROM generate_series(1, 200); SELECT nextval('lib.unused') FROM generate_series(1, 5);`,
  views: `REFRESH MATERIALIZED VIEW lib.per_state;`,
};

/** Milliseconds between two rounds. What locks whole tables leaves room for a dump to begin. */
const pauses: Readonly<Record<string, number>> = { truncation: 2500, definitions: 1500, indexes: 1000 };

/**
 * Dumps, restores and compares.
 * @param onRun gets the differences of each dump, and what could not be compared
 */
export async function cleanRuns(
  server: PostgresServer,
  count: number,
  onRun: (run: number, wrong: readonly string[]) => void,
): Promise<void> {
  await server.createDatabase(sourceName);
  await server.sql(textOf('extension.sql'), sourceName);
  await server.sql(textOf('source.sql'), sourceName);
  let working = true;
  const workers = Object.entries(work).map(async ([name, sql]) => {
    // One statement may be in the way of another, or of a dump: it is tried again.
    for (; working; await pause(pauses[name] ?? 300)) await server.sql(sql, sourceName).catch(() => {});
  });
  try {
    for (let run = 1; run <= count; run += 1) onRun(run, await cleanRun(server));
  } finally {
    working = false;
    await Promise.all(workers);
  }
}

async function cleanRun(server: PostgresServer): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clean-'));
  try {
    const { source, archive } = await dumpDatabase(server, sourceName, folder);
    await server.createDatabase(copyName);
    await server.sql(textOf('extension.sql'), copyName);
    const url = server.url(copyName);
    await command(join(server.binaries, 'pg_restore'), '--no-owner', '--no-acl', '--exit-on-error', '-d', url, archive);
    const { differences, unread = [] } = await compareCopy(server, copyName, source);
    return [
      ...differences.map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`),
      ...unread.map(({ what, why }) => `${what}: ${why}`),
    ];
  } finally {
    await server.sql(`DROP DATABASE IF EXISTS ${copyName} WITH (FORCE)`);
    rmSync(folder, { recursive: true, force: true });
  }
}
