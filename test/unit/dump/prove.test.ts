/** The verdict on one file, by a scratch server that only plays its part. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { outcomeOfArchive, prove } from '../../../src/actions/db-dump/prove.ts';
import type { Deps, Wishes } from '../../../src/actions/db-dump/wishes.ts';
import { noRules } from '../../../src/anonymize/rules/file/rules-file.ts';
import type { DumpFile, DumpFingerprint } from '../../../src/domain/dump.ts';
import type { Scratch } from '../../../src/ports/dump-engine.ts';
import { BackupError } from '../../../src/runtime/errors.ts';
import { Timeline } from '../../../src/runtime/timeline.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

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

async function proven({ scratch = {}, stored = bytes }: { scratch?: Partial<Scratch>; stored?: Buffer }) {
  const clock = new FakeClock();
  const logger = new FakeLogger();
  const timeline = new Timeline(clock, logger);
  let dropped = 0;
  const deps = {
    engine: {
      scratch: async () => ({
        restore: async (_kind: string, from: AsyncIterable<Buffer>) => {
          for await (const _ of from) clock.advance(1000);
        },
        fingerprint: async () => source,
        ...scratch,
        drop: async () => {
          dropped += 1;
        },
      }),
    },
    objects: {
      read: async function* () {
        yield stored;
      },
    },
    clock,
    logger,
    timeline,
    signal: new AbortController().signal,
  } as unknown as Deps;
  const file: DumpFile = {
    kind: 'plain',
    bucket: 'dumps',
    key: 'db/shop.gz',
    versionId: 'v1',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sqlBytes: undefined,
  };
  const row = await prove({ name: 'shop', run: { key: 'k' }, rules: noRules } as Wishes, deps, file, source);
  expect(dropped).toBe(1);
  return { row, said: timeline.steps.at(-1) };
}

test('a file whose copy agrees is good', async () => {
  const { row, said } = await proven({});
  expect(row).toMatchObject({ verdict: 'good', restoreSeconds: 1, findings: [] });
  expect(row.compared).toBeGreaterThan(0);
  expect(JSON.stringify(said)).toContain('good: restored in 1.0 s');
});

test('a file that is not what was written is bad, also in the timeline', async () => {
  const { row, said } = await proven({ stored: Buffer.from('something else') });
  expect(row).toMatchObject({ verdict: 'bad', findings: [expect.stringContaining('SHA-256')] });
  expect(JSON.stringify(said)).toContain('"bad"');
});

test('a copy that cannot be read leaves the file unproven, and the others their turn', async () => {
  const { row, said } = await proven({
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
  expect(JSON.stringify(said)).toContain('"unproven"');
});

test.each([
  ['good', 'bad', 'proven'],
  ['bad', 'bad', 'discard'],
  ['unproven', 'bad', 'unproven'],
] as const)('an archive that is %s where the backup is %s is put away as that', (own, verdict, outcome) => {
  const row = { restoreSeconds: 1, compared: 1, findings: [] };
  const proof = [
    { ...row, kind: 'archive', verdict: own } as const,
    { ...row, kind: 'anonymised', verdict: 'bad' } as const,
  ];
  expect(outcomeOfArchive(proof, verdict)).toBe(outcome);
});
