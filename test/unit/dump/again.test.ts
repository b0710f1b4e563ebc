/** Kept dumps that are proven again: by hand, by time, label or receipt, and what is said when their objects are not theirs any more. */
import { describe, expect, test } from '@jest/globals';
import { proveAgain } from '../../../src/actions/db-dump/again/prove-again.ts';
import { SqlFiles } from '../../../src/actions/db-dump/files/sql-files.ts';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';
import type { Findings } from '../../../src/actions/db-dump/ports.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { postgresDialect } from '../../../src/dump/engines/postgres/dialect.ts';
import { markDump } from '../../../src/dump/pins/mark.ts';
import { tagsOf } from '../../../src/dump/pins/marks.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../fakes/context.ts';
import { FaultyPorts, portFaults } from '../../fakes/faulty-ports.ts';
import type { FakeObjects } from '../../fakes/objects.ts';
import { bucket, clock, dump, engine, folder, github, keys, objects, receipts } from './dump-runs.ts';

/** @param given inputs beside the usual ones */
async function again(id: number, given: Readonly<Record<string, string>> = {}, faulty = new FaultyPorts()) {
  const findings: Partial<Findings> = {};
  const settings = settingsFrom(inputs, {
    source: 'shop',
    'aws-region': 'us-east-1',
    'scratch-url': 'postgresql://u:p@localhost/postgres',
    bucket,
    'receipt-bucket': bucket,
    'work-directory': folder,
    'prove-again': 'newest',
    ...given,
  });
  const context = fakeContext<Findings>(clock, fakeRun(id), (more) => void Object.assign(findings, more));
  const files = new SqlFiles(engine, postgresDialect);
  clock.advance(86_400_000);
  const calls = faulty.port('s3', objects);
  // A stream has no end that a call could have.
  const get = (target: FakeObjects, name: string): unknown =>
    name === 'read' ? objects.read.bind(objects) : Reflect.get(target, name);
  const ports = { open: () => ({ engine, files }), objects: new Proxy(calls, { get }), runs: github };
  const error = await proveAgain(settings, ports, { ...context, signal: faulty.signal }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { findings, error, lines: context.logger.lines };
}

async function onlyReceipt(): Promise<DumpReceipt> {
  const [receipt] = await receipts();
  if (receipt === undefined) throw new Error('there is no receipt');
  return receipt;
}

/** Changes the stored receipt as an earlier version, or somebody, has it. */
async function rewrite(change: (receipt: DumpReceipt) => unknown): Promise<void> {
  const [key = ''] = await keys('receipts/');
  const receipt = await onlyReceipt();
  await objects.put(
    { bucket, key, contentType: 'application/json', tags: {}, metadata: {} },
    JSON.stringify(change(receipt)),
  );
}

const archiveKey = 'db/shop.dump';

/** Puts other bytes in the place of a stored file, under the same version. */
function damage(key: string): void {
  const [version] = objects.versionsOf.get(key) ?? [];
  if (version === undefined) throw new Error(`there is no ${key}`);
  const body = Buffer.from(version.body);
  body[40] = (body[40] ?? 0) ^ 1;
  objects.versionsOf.set(key, [{ ...version, body }]);
}

describe('a kept dump', () => {
  test('is proven again without its source, and its receipt keeps the history of proofs', async () => {
    const { error: first } = await dump(1);
    expect(first).toBeUndefined();
    const before = await onlyReceipt();
    const { findings, error } = await again(2);
    expect(error).toBeUndefined();
    expect(findings).toMatchObject({ verdict: 'good', outcome: 'done', again: { takenAt: before.takenAt } });
    const after = await onlyReceipt();
    expect(after.verdict).toBe('good');
    expect(after.proof.map(({ kind, verdict }) => [kind, verdict])).toEqual([
      ['archive', 'good'],
      ['plain', 'good'],
      ['anonymised', 'good'],
    ]);
    expect(after.proofs?.map(({ verdict, run }) => [verdict, run.key])).toEqual([
      ['good', fakeRun(2).key],
      ['good', fakeRun(1).key],
    ]);
    expect(Date.parse(after.proofs?.[0]?.at ?? '')).toBeGreaterThan(Date.parse(after.proofs?.[1]?.at ?? ''));
    expect(after.timeline).toEqual(before.timeline);
  });

  test('is compared with its fingerprint: a copy with other rows is bad, in receipt and tags', async () => {
    await dump(1);
    engine.copy = { tables: [{ name: 'public.users', rows: '1', checksum: '7' }] };
    const { error, findings } = await again(2);
    expect(error).toMatchObject({ code: 'kept-bad' });
    expect(findings.verdict).toBe('bad');
    expect(await onlyReceipt()).toMatchObject({ verdict: 'bad' });
    expect(objects.versionsOf.get(archiveKey)?.[0]?.tags['holdfast:verdict']).toBe('bad');
  });

  test('whose object has other bytes is bad, and nothing of it is restored', async () => {
    await dump(1);
    damage(archiveKey);
    const { error } = await again(2);
    expect(error).toMatchObject({ code: 'kept-bad', what: expect.stringContaining('SHA-256') as unknown });
    const { proof, verdict } = await onlyReceipt();
    expect(verdict).toBe('bad');
    expect(proof.map((row) => [row.kind, row.verdict])).toEqual([
      ['archive', 'bad'],
      ['plain', 'good'],
      ['anonymised', 'good'],
    ]);
  });

  test('whose object is gone is lost: unproven, since no content was found wrong, and no longer good', async () => {
    await dump(1);
    objects.versionsOf.delete(archiveKey);
    const { error, findings } = await again(2);
    expect(error).toMatchObject({ code: 'kept-gone', what: expect.stringContaining(`${archiveKey}`) as unknown });
    expect(findings.verdict).toBe('unproven');
    expect(await onlyReceipt()).toMatchObject({ verdict: 'unproven' });
  });

  test('in whose place another dump lies is lost, and that object keeps its tags', async () => {
    objects.keepsVersions = false;
    await dump(1);
    await dump(2);
    const [, older] = (await receipts()).toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
    const { error } = await again(3, { 'prove-again': older?.takenAt ?? '' });
    expect(error).toMatchObject({ code: 'kept-gone' });
    expect(objects.versionsOf.get(archiveKey)?.[0]?.tags['holdfast:verdict']).toBe('good');
  });

  test('keeps its verdict when the proof cannot be tried, and the try is in its history', async () => {
    await dump(1);
    engine.scratch = async () => {
      throw new Error('no server');
    };
    const { error, findings } = await again(2);
    expect(error).toMatchObject({ code: 'dump-unproven' });
    expect(findings.verdict).toBe('unproven');
    const { verdict, proof, proofs } = await onlyReceipt();
    expect([verdict, proof[0]?.verdict]).toEqual(['good', 'good']);
    expect(proofs?.map((one) => one.verdict)).toEqual(['unproven', 'good']);
  });

  test('that was never proven becomes good', async () => {
    await dump(1, { prove: 'none' });
    expect(await onlyReceipt()).toMatchObject({ verdict: 'unproven' });
    expect((await again(2)).error).toBeUndefined();
    const { verdict, proofs } = await onlyReceipt();
    expect(verdict).toBe('good');
    expect(proofs?.map((one) => one.verdict)).toEqual(['good']);
  });

  test('has its definitions read anew: hashes of an earlier version do not make it bad', async () => {
    await dump(1);
    await rewrite((receipt) => ({
      ...receipt,
      fingerprint: { ...receipt.fingerprint, definitions: { 'TABLE public.users': 'hashed otherwise' } },
    }));
    expect((await again(2)).findings.verdict).toBe('good');
  });

  test('with a plan only, is not touched', async () => {
    await dump(1);
    const before = await onlyReceipt();
    const { findings } = await again(2, { 'dry-run': 'true' });
    expect(findings.outcome).toBe('dry-run');
    expect(findings.plan?.map(({ decision }) => decision)[0]).toContain('restore the archive file');
    expect(await onlyReceipt()).toEqual(before);
  });
});

describe('the anonymised file of a kept dump', () => {
  const rowOf = ({ proof }: DumpReceipt) => proof.find(({ kind }) => kind === 'anonymised');

  test('is proven by what the receipt says of its rules', async () => {
    await dump(1, { prove: 'none' });
    expect((await onlyReceipt()).anonymised).toMatchObject({
      rowsLeftOut: [],
      changed: { 'public.users': ['email'] },
    });
    await again(2);
    expect(rowOf(await onlyReceipt())).toMatchObject({ verdict: 'good', notes: [] });
  });

  const ofEarlierVersion = ({ anonymised: _, ...receipt }: DumpReceipt): unknown => receipt;

  test('with a receipt of an earlier version stays good once it was good, and says what was not compared', async () => {
    await dump(1);
    await rewrite(ofEarlierVersion);
    expect((await again(2)).error).toBeUndefined();
    const { verdict, notes = [] } = rowOf(await onlyReceipt()) ?? {};
    expect(verdict).toBe('good');
    expect(notes.join()).toContain('was compared when the file was proven first');
  });

  test('with a receipt of an earlier version that was never proven cannot become good', async () => {
    await dump(1, { prove: 'none' });
    await rewrite(ofEarlierVersion);
    const { error } = await again(2);
    expect(error).toMatchObject({ code: 'dump-unproven' });
    expect(rowOf(await onlyReceipt())?.findings[0]).toContain('what the rules changed could not be read');
  });
});

describe('which dump', () => {
  test('is chosen by the beginning of its time, its label, or its receipt', async () => {
    await dump(1);
    clock.advance(3 * 86_400_000);
    await dump(2);
    const [newest, oldest] = (await receipts()).toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
    const [oldKey = ''] = (await keys('receipts/')).toSorted();
    const chosen = async (wanted: string): Promise<string | undefined> =>
      (await again(3, { 'prove-again': wanted, 'dry-run': 'true' })).findings.again?.takenAt;
    expect(await chosen('newest')).toBe(newest?.takenAt);
    expect(await chosen(oldest?.takenAt.slice(0, 10) ?? '')).toBe(oldest?.takenAt);
    expect(await chosen(oldest?.takenAt.slice(0, 16).replace('T', ' ') ?? '')).toBe(oldest?.takenAt);
    expect(await chosen(oldKey)).toBe(oldest?.takenAt);
    expect(await chosen('before-2.0')).toBeUndefined();
  });

  test('that nobody keeps is one clear error with those that are kept', async () => {
    await dump(1);
    const { error, findings } = await again(2, { 'prove-again': '1999-01-01' });
    expect((error as Error).message).toContain('no kept dump is "1999-01-01"; kept are those of 20');
    expect(findings.again).toEqual({});
  });

  test('needs the engine that made it, and no source', () => {
    const parse = (given: Readonly<Record<string, string>>) => () =>
      settingsFrom(inputs, {
        source: 'shop',
        'aws-region': 'us-east-1',
        bucket,
        'receipt-bucket': bucket,
        'prove-again': 'newest',
        ...given,
      });
    expect(parse({})).not.toThrow();
    expect(parse({ engine: 'mysql' })).not.toThrow();
    expect(parse({ 'list-databases': 'true', prove: 'none' })).toThrow(/list-databases is given too[\s\S]*not none/);
  });
});

describe('a run that ends at any call', () => {
  test.each(portFaults)('%s: nothing is lost, nothing is doubled, and the next run converges', async (fault) => {
    await dump(1);
    const before = await onlyReceipt();
    const whole = new FaultyPorts();
    await again(2, {}, whole);
    const { length } = whole.calls;
    expect(whole.calls).toContain('s3.put');
    await rewrite(() => before);
    for (let at = 1; at <= length; at += 1) {
      await again(100 + at, {}, new FaultyPorts(at, fault));
      const { proofs = [], files, fingerprint, verdict } = await onlyReceipt();
      expect([at, files, fingerprint, verdict]).toEqual([at, before.files, before.fingerprint, 'good']);
      expect(new Set(proofs.map((one) => `${one.run.key} ${one.at}`)).size).toBe(proofs.length);
      const { error } = await again(200 + at);
      expect([at, error]).toEqual([at, undefined]);
      expect((await onlyReceipt()).proofs?.[0]).toMatchObject({ verdict: 'good', run: { key: fakeRun(200 + at).key } });
      expect(objects.versionsOf.get(archiveKey)?.[0]?.tags['holdfast:verdict']).toBe('good');
      expect(engine.scratchOwners.size).toBe(0);
      await rewrite(() => before);
    }
  });
});

test.each(['versions', 'dated'])(
  'a pin of the same moment is not lost, keep-as %s: receipt and tags say both',
  async (keepAs) => {
    await dump(1, { 'keep-as': keepAs });
    const before = await onlyReceipt();
    const [key = ''] = await keys('receipts/');
    const setTags = objects.setTags.bind(objects);
    const files = before.files.length;
    expect(files).toBe(3);
    for (const keepForever of [true, false])
      for (let at = 1; at <= files; at += 1) {
        await rewrite(() => before);
        if (!keepForever) await markDump(objects, { bucket, key }, { keepForever: true });
        let calls = 0;
        // The other is done in full between the reading of the receipt and the tag that follows from it.
        objects.setTags = async (...given) => {
          calls += 1;
          if (calls === at) {
            objects.setTags = setTags;
            await markDump(objects, { bucket, key }, { keepForever });
          }
          return setTags(...given);
        };
        const { error } = await again(300 + at);
        objects.setTags = setTags;
        const receipt = await onlyReceipt();
        expect([at, error, receipt.keepForever ?? false]).toEqual([at, undefined, keepForever]);
        expect([at, receipt.proofs?.[0]?.run.key]).toEqual([at, fakeRun(300 + at).key]);
        for (const file of receipt.files) {
          const stored = objects.versionsOf.get(file.key)?.find(({ id }) => id === file.versionId);
          expect([at, file.key, stored?.tags]).toEqual([at, file.key, tagsOf(receipt, file)]);
        }
      }
  },
);
