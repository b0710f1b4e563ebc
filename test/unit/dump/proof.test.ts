/** The verdict on one file, with a fake scratch server. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { DumpError } from '../../../src/anonymize/format/dump-error.ts';
import type { DumpFile, DumpFingerprint } from '../../../src/domain/dump.ts';
import { compareDatabases } from '../../../src/dump/engines/postgres/compare/compare.ts';
import { explainedByRefusals } from '../../../src/dump/engines/postgres/compare/explained.ts';
import {
  outcomeOfArchive,
  type ProofPorts,
  type ProofRequest,
  proveFile,
  verdictOfProof,
} from '../../../src/dump/proof/proof.ts';
import type { Scratch } from '../../../src/ports/dump-engine.ts';
import { BackupError, fileDamaged } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../fakes/context.ts';

const bytes = Buffer.from('what the bucket has');
const source: DumpFingerprint = {
  takenAt: '2026-11-21T02:23:00.000Z',
  seconds: 1,
  serverVersion: '17.5',
  tables: [{ name: 'a', rows: '1', checksum: '5' }],
  sequences: {},
  extensions: {},
  objects: {},
};

interface Circumstances {
  readonly scratch?: Partial<Scratch>;
  readonly stored?: Buffer;
  readonly pieces?: readonly Buffer[];
  readonly read?: () => AsyncGenerator<Buffer>;
  readonly fingerprint?: DumpFingerprint;
  readonly onRows?: ProofRequest['onRows'];
}

async function prove({
  scratch = {},
  stored = bytes,
  pieces = [stored],
  read = async function* () {
    yield* pieces;
  },
  fingerprint = source,
  onRows,
}: Circumstances) {
  const clock = new FakeClock();
  const context = fakeContext(clock, fakeRun(1));
  let dropped = 0;
  const ports: ProofPorts = {
    engine: {
      scratch: async () => ({
        restore: async (_kind: string, open: () => AsyncIterable<Buffer>) => {
          for await (const _ of open()) clock.advance(1000);
          return [];
        },
        fingerprint: async () => source,
        ...scratch,
        drop: async () => {
          dropped += 1;
          await scratch.drop?.();
        },
      }),
      compare: compareDatabases,
      explained: explainedByRefusals,
    },
    objects: {
      read,
    },
  };
  const file: DumpFile = {
    kind: 'plain',
    bucket: 'dumps',
    key: 'db/shop.gz',
    versionId: 'v1',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sqlBytes: undefined,
  };
  const row = await proveFile(
    { file, source: fingerprint, owner: 'k:shop', anonymised: undefined, onRows },
    ports,
    context,
  );
  expect(dropped).toBe(1);
  return { row, step: context.timeline.steps.at(-1), lines: context.logger.lines };
}

test('a file whose copy matches is good', async () => {
  const { row, step } = await prove({});
  expect(row).toMatchObject({ verdict: 'good', restoreSeconds: 1, findings: [] });
  expect(row.compared).toBeGreaterThan(0);
  expect(step?.note).toContain('good: restored in 1.0 s');
});

test('a file that is not the one that was written is bad, also in the timeline', async () => {
  const { row, step } = await prove({ stored: Buffer.from('something else') });
  expect(row).toMatchObject({ verdict: 'bad', findings: [expect.stringContaining('SHA-256')] });
  expect(step?.note).toBe('bad');
});

test.each([
  ['SQL that cannot be read', new DumpError({ what: 'an unfinished row', offset: 7 }), 'bad'],
  ['damaged bytes', Object.assign(new Error('incorrect data check'), { code: 'Z_DATA_ERROR' }), 'bad'],
  ['what pg_restore cannot read', new BackupError({ what: 'end of file', code: fileDamaged }), 'bad'],
  ['anything else that ends a program', new BackupError({ what: 'psql ended with status 2' }), 'unproven'],
  ['a server that cannot be reached', new BackupError({ what: 'no', code: 'unreachable' }), 'unproven'],
  ['a full disk', new BackupError({ what: 'no space', code: 'disk-full' }), 'unproven'],
  ['an error of another kind', new Error('socket hang up'), 'unproven'],
  ['no error at all', undefined, 'unproven'],
  ['an error that only has the name', Object.assign(new Error('x'), { name: 'DumpError' }), 'unproven'],
] as const)('a restore that ends by %s', async (_what, thrown, verdict) => {
  const restore = (): Promise<never> => Promise.reject(thrown);
  expect((await prove({ scratch: { restore } })).row).toMatchObject({ verdict, compared: 0 });
});

test.each([
  ['stops before the end', (open: () => AsyncIterable<Buffer>) => open()[Symbol.asyncIterator]().next()],
  [
    'breaks off',
    async (open: () => AsyncIterable<Buffer>) => {
      for await (const _ of open()) break;
      throw new BackupError({ what: 'server closed the connection', code: 'unreachable' });
    },
  ],
  ['reads nothing', () => Promise.reject(new BackupError({ what: 'psql could not be started', code: 'tool-missing' }))],
] as const)('the SHA-256 is that of the whole file, also when the restore %s', async (_what, read) => {
  const restore: Scratch['restore'] = async (_kind, open) => {
    await read(open);
    return [];
  };
  const pieces = ['what ', 'the ', 'bucket has'].map((text) => Buffer.from(text));
  expect((await prove({ scratch: { restore }, pieces })).row.verdict).not.toBe('bad');
  pieces[2] = Buffer.from('bucket had');
  expect((await prove({ scratch: { restore }, pieces })).row).toMatchObject({
    verdict: 'bad',
    findings: expect.arrayContaining([expect.stringContaining('SHA-256')]),
  });
});

test('a file that cannot be read to its end is unproven, with the reason', async () => {
  const read = async function* () {
    yield bytes;
    throw new Error('the bucket does not answer');
  };
  expect((await prove({ read })).row).toMatchObject({ verdict: 'unproven', findings: ['the bucket does not answer'] });
});

test('what a server refused is the first finding, and everything else is compared all the same', async () => {
  const refusal = { object: 'INDEX public.i', message: 'function f(text) does not exist', fix: 'mend it' };
  const { row } = await prove({ scratch: { restore: async () => [refusal] } });
  expect(row).toMatchObject({ verdict: 'unproven', fix: 'mend it', refused: 1 });
  expect(row.findings).toEqual([
    'the server refused INDEX public.i: function f(text) does not exist',
    '2 of 2 figures are the same',
  ]);
});

test.each([
  ['which is good', [], '1', true],
  ['which lacks an index', [{ message: 'no', object: 'INDEX public.i' }], '1', true],
  ['which lacks rows', [{ message: 'no', object: 'rows of a' }], '0', false],
  ['whose rows are wrong', [], '2', false],
] as const)('a copy %s stands for the rows of the source, or does not', async (_what, refusals, rows, stands) => {
  const copies: unknown[] = [];
  const copy = { ...source, tables: [{ name: 'a', rows, checksum: '5' }] };
  const scratch = { restore: async () => refusals, fingerprint: async () => copy };
  await prove({ scratch, onRows: (one) => copies.push(one) });
  expect(copies).toEqual(stands ? [copy] : []);
});

test('a fact that the source could not tell leaves the file unproven, with its reason', async () => {
  const unread = [{ what: 'rows of public.b', why: 'function unaccent(text) does not exist' }];
  const { row } = await prove({ fingerprint: { ...source, unread } });
  expect(row).toMatchObject({ verdict: 'unproven', compared: 2 });
  expect(row.findings[0]).toBe('rows of public.b could not be read: function unaccent(text) does not exist');
});

test('a scratch database that cannot be dropped is a warning with its fix', async () => {
  const failure = new BackupError({ what: 'the server is gone', fix: 'start it' });
  const { row, lines } = await prove({ scratch: { drop: () => Promise.reject(failure) } });
  expect(row.verdict).toBe('good');
  expect(lines).toContain(
    'warning a scratch database could not be dropped (the server is gone; start it); the next run drops it',
  );
});

test('a copy that cannot be read leaves the file unproven, and does not stop the proof of the others', async () => {
  const { row, step } = await prove({
    scratch: {
      fingerprint: async () => {
        throw new BackupError({
          what: 'the fingerprint of the copy ended with status 2: server closed the connection',
        });
      },
    },
  });
  expect(row).toMatchObject({
    verdict: 'unproven',
    restoreSeconds: 1,
    compared: 0,
    findings: ['the fingerprint of the copy ended with status 2: server closed the connection'],
  });
  expect(step?.note).toBe('unproven');
});

test.each([
  ['good', 'bad', 'proven'],
  ['bad', 'bad', 'discard'],
  ['unproven', 'bad', 'unproven'],
] as const)('an archive that is %s in a dump that is %s is put away by its own verdict', (own, verdict, outcome) => {
  const row = { restoreSeconds: 1, compared: 1, findings: [] };
  const proof = [
    { ...row, kind: 'archive', verdict: own } as const,
    { ...row, kind: 'anonymised', verdict: 'bad' } as const,
  ];
  expect(outcomeOfArchive(proof, verdict)).toBe(outcome);
});

test.each([
  ['good', ['good', 'good'], 2],
  ['bad', ['good', 'bad', 'unproven'], 3],
  ['unproven', ['good', 'unproven'], 2],
  ['unproven', ['good'], 2],
  ['unproven', [], 0],
] as const)('a dump is %s when its files are %j of %i', (verdict, files, expected) => {
  const row = { kind: 'archive', restoreSeconds: 1, compared: 1, findings: [] } as const;
  expect(
    verdictOfProof(
      files.map((own) => ({ ...row, verdict: own })),
      expected,
    ),
  ).toBe(verdict);
});
