/** All changed copies. docs/mutants.md says what is noticed of them. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { isRight } from '../../lab/mutants/changes.ts';
import { readChanges } from '../../lab/mutants/dumps/changes.ts';
import { Trial } from '../../lab/mutants/dumps/trial.ts';

let folder = '';
let server: PostgresServer;
let trial: Trial;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
  chmodSync(folder, 0o755);
  server = await startPostgres({ directory: join(folder, 'postgres') });
  trial = await Trial.begin(server);
}, 180_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test.each(readChanges())(
  '$kind: $what',
  async (change) => {
    const outcome = await trial.outcomeOf(change);
    expect({ ...outcome, right: isRight(outcome) }).toMatchObject({ right: true });
  },
  60_000,
);
