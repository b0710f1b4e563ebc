/** The SQL of a dump on its way into psql. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { DumpError } from '../../../src/anonymize/format/dump-error.ts';
import { sqlForRestore } from '../../../src/dump/engines/postgres/restore/restorable.ts';
import { decompress } from '../../../src/runtime/compression/format.ts';
import { explain, fileDamaged } from '../../../src/runtime/errors.ts';

const footer = '\n--\n-- PostgreSQL database dump complete\n--\n';
const current = { major: 17, minor: 9 };

async function restorable(
  sql: string,
  ...options: Parameters<typeof sqlForRestore> extends [unknown, ...infer Rest] ? Rest : never
) {
  const parts: Buffer[] = [];
  for await (const part of sqlForRestore(chunks(sql), ...options)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function* chunks(sql: string): AsyncGenerator<Buffer> {
  for (let at = 0; at < sql.length; at += 7) yield Buffer.from(sql.slice(at, at + 7));
}

describe('a restore that goes on after an error', () => {
  const sql = `CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1\n\\.\n\nSELECT 1;\n${footer}`;

  test('stops at a COPY that is refused, whose rows psql would take for statements', async () => {
    const lines = (await restorable(sql, current, { goOn: true })).split('\n').filter((line) => /^[\\C]/.test(line));
    const key = /^\\restrict (\w{48})$/.exec(lines[1] ?? '')?.[1];
    const [lock, unlock] = [`\\restrict ${key}`, `\\unrestrict ${key}`];
    expect(lines).toEqual([
      ...['\\set ON_ERROR_STOP 0', lock, 'CREATE TABLE t (a int);'],
      ...[unlock, '\\set ON_ERROR_STOP 1', lock, 'COPY t (a) FROM stdin;', '\\.'],
      ...[unlock, '\\set ON_ERROR_STOP 0', lock, unlock],
    ]);
  });

  test('needs no wrapping where psql knows no \\restrict', async () => {
    const lines = (await restorable(sql, { major: 15, minor: 3 }, { goOn: true })).split('\n');
    expect(lines.filter((line) => line.startsWith('\\'))).toEqual([
      '\\set ON_ERROR_STOP 0',
      '\\set ON_ERROR_STOP 1',
      '\\.',
      '\\set ON_ERROR_STOP 0',
    ]);
  });
});

test.each([0, 1, 30, 60, -1])('SQL that was compressed and cut off at %i shows damage', async (at) => {
  const lines = Array.from({ length: 50 }, (_, nth) => `SELECT ${nth};`).join('\n');
  const whole = gzipSync(Buffer.from(`${lines}\n${footer}`));
  const cut = async function* () {
    yield whole.subarray(0, at < 0 ? whole.length + at : at);
  };
  const read = async (): Promise<void> => {
    for await (const _ of sqlForRestore(decompress(cut()), current));
  };
  const error = await read().catch((reason: unknown) => reason);
  expect(error instanceof DumpError || explain(error).code === fileDamaged).toBe(true);
});
