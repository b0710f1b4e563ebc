/** PostgreSQL's regression database: dumped, anonymised by the command, and restored beside what it was. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareComputer } from '../../../lab/hosts/prerequisites.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import { Client } from '../../lib/postgres-client.ts';
import type { Witness } from '../../witness.ts';
import { compareAnonymised, compareKept, compareSize } from './compare.ts';
import { database, runTests, sizeOf, startRegression } from './database.ts';
import { hasTests, regressionTests } from './source.ts';

export const postgresqlRegression: Witness = {
  name: 'postgresql-regression',
  compares:
    "The database that PostgreSQL's own regression tests leave, without their functions in C: dumped by pg_dump, anonymised with nothing to replace, by default and with the rules that `--audit` proposes, and restored: bytes, exit status, messages of psql, pg_dump's text of both databases, rows of each table.",
  known: [],
  get optional() {
    return !hasTests();
  },
  install: async () => {
    const [problem] = prepareComputer((text) => console.log(text));
    if (problem !== undefined) throw new ToolMissing(problem);
    return `regression tests of PostgreSQL ${(await regressionTests()).version}`;
  },
  run: async (points) => {
    const { folder } = await regressionTests();
    const directory = mkdtempSync('/var/tmp/holdfast-regression-');
    chmodSync(directory, 0o755);
    const server = await startRegression(directory);
    try {
      await runTests(server, folder, directory);
      compareSize(points, await sizeOf(server));
      const source = new Client(server, database);
      const text = await source.dump();
      const file = join(directory, 'regression.sql');
      writeFileSync(file, text, 'latin1');
      await compareKept(points, source, { directory, file, text });
      await compareAnonymised(points, server, { directory, file, text });
    } finally {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
