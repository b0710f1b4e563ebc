/** What PostgreSQL's engine adds to a fingerprint, and what it says where it cannot. */
import { expect, test } from '@jest/globals';
import { PostgresEngine } from '../../../src/adapters/databases/postgres/engine.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../fakes/context.ts';

const fingerprint = {
  takenAt: '',
  seconds: 0,
  serverVersion: '17',
  tables: [],
  sequences: { 'app.s': '5' },
  extensions: {},
  objects: {},
};
const sql = `-- Name: t; Type: TABLE; Schema: app; Owner: -
CREATE TABLE app.t (id int);
--
-- PostgreSQL database dump complete
--
`;

function engineWith(methods: Partial<PostgresEngine>) {
  const context = fakeContext(new FakeClock(), fakeRun(1));
  const options = { lockTimeoutSeconds: 1, archiveLevel: 1, format: 'custom', jobs: 1, workDirectory: '/tmp' } as const;
  const engine = new PostgresEngine({ ...options, connection: undefined, scratch: undefined }, context);
  return { engine: Object.assign(engine, methods), lines: context.logger.lines };
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

test('definitions and the values of sequences', async () => {
  const { engine } = engineWith({ sql: () => once(sql), sequences: async () => ({ 'app.s': '7' }) });
  expect(await engine.describe('a', fingerprint)).toMatchObject({
    definitions: { 'TABLE app.t': expect.any(String) },
    objects: { tables: 1 },
    sequencesInArchive: { 'app.s': '7' },
    sequences: { 'app.s': '5' },
  });
});

test('sequences that cannot be read are told, and compared with those of the source', async () => {
  const { engine, lines } = engineWith({
    sql: () => once(sql),
    sequences: () => Promise.reject(new BackupError({ what: 'no list' })),
  });
  expect(await engine.describe('a', fingerprint)).not.toHaveProperty('sequencesInArchive');
  expect(lines.join('\n')).toMatch(/values of sequences in the archive are not known.*: no list/);
});

test('definitions that cannot be read are unread', async () => {
  const { engine } = engineWith({ sql: () => once('CREATE TABLE'), sequences: async () => ({}) });
  expect((await engine.describe('a', fingerprint)).unread).toEqual([
    { what: 'definitions', why: expect.stringContaining('in the middle of a statement') },
  ]);
});
