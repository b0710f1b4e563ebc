/** A server of our own for the proof: what it can restore, and what becomes of it. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { Databases, type Proven } from './support-engine.ts';

const databases = new Databases();
beforeAll(() => {
  ensurePrerequisites();
  return databases.start();
}, 120_000);
afterAll(() => databases.stop());

const verdicts = ({ rows }: Proven) => rows.map(({ kind, verdict, findings }) => [kind, verdict, findings]);
const good = [
  ['archive', 'good', []],
  ['plain', 'good', []],
];

describe('a server of our own', () => {
  test('proves a dump where no server is given, and leaves nothing', async () => {
    const proven = await databases.prove('CREATE TABLE t (id int); INSERT INTO t VALUES (1)');
    expect(verdicts(proven)).toEqual(good);
    const where = expect.stringMatching(/^restored on a PostgreSQL [\d.]+ server of its own$/);
    expect(proven.notes).toEqual([where, where]);
    expect(readdirSync(databases.workDirectory)).toEqual([]);
  }, 60_000);
});
