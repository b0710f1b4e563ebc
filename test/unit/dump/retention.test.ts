/** What is kept, against a small model of S3: random histories of runs, verdicts, settings and buckets. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DumpFileKind, DumpReceipt } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import type { KeepAs } from '../../../src/dump/files.ts';
import type { KnownReceipt } from '../../../src/dump/receipts.ts';
import { deleteExpired } from '../../../src/dump/retention/deletion.ts';
import { roomWithin } from '../../../src/dump/retention/room.ts';
import { metadataOf } from '../../../src/dump/retention/versions.ts';
import { AwsError } from '../../../src/runtime/errors.ts';
import { fakeRun } from '../../fakes/context.ts';
import { bucket, day, emptyReceipt, kinds, Nights } from './nights.ts';

const someVerdict = fc.constantFrom<Verdict>('good', 'good', 'bad', 'unproven');

describe('keep-as: dated', () => {
  const history = fc.array(
    fc.record({
      keepAs: fc.constantFrom<KeepAs>('dated', 'dated', 'dated', 'versions'),
      keep: fc.integer({ min: 1, max: 4 }),
      verdict: someVerdict,
      forgetful: fc.boolean(),
      other: fc.boolean(),
    }),
    { minLength: 1, maxLength: 14 },
  );

  test('frees what is expired, and nothing that a receipt names', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), async (runs, versioned) => {
        const nights = new Nights();
        nights.objects.keepsVersions = versioned;
        for (const { keepAs, keep, verdict, forgetful, other } of runs) {
          // Another source may use the same names.
          const source = other ? 'shop/dump-b' : 'shop';
          const before = [...(await nights.receipts('shop')), ...(await nights.receipts('shop/dump-b'))];
          const readable = new Map<string, number>();
          for (const { key, receipt } of before) readable.set(key, (await nights.readable(receipt)).length);
          const made = await nights.run(nights.location(keepAs, source), keep, [verdict, verdict], { forgetful });
          const after = [...(await nights.receipts('shop')), ...(await nights.receipts('shop/dump-b'))];
          for (const { key, receipt } of after) {
            // A file under the same key is overwritten where there are no versions, or where the receipt knows none.
            const overwritten =
              keepAs === 'versions' &&
              receipt.files.some(
                (file) => file.versionId === undefined && made.files.some((one) => one.key === file.key),
              ) &&
              receipt.takenAt !== made.takenAt;
            if (!overwritten)
              expect((await nights.readable(receipt)).length).toBeGreaterThanOrEqual(readable.get(key) ?? kinds.length);
          }
          const others = (of: readonly KnownReceipt[]): string[] =>
            of.flatMap(({ key, receipt }) => (receipt.source === source ? [] : [key]));
          expect(others(after)).toEqual(others(before));
          const own = after.filter(({ receipt }) => receipt.source === source);
          const lastGood = [...before.filter(({ receipt }) => receipt.source === source), ...own]
            .filter(({ receipt }) => receipt.verdict === 'good')
            .toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt))[0];
          if (lastGood) expect(own.map(({ key }) => key)).toContain(lastGood.key);
          expect(nights.stored().filter(({ deleteMarker }) => deleteMarker)).toEqual([]);
          // Nothing is left that no receipt names.
          const named = after.flatMap(({ receipt }) => receipt.files);
          for (const { key, id } of nights.stored())
            expect(
              named.some((file) => file.key === key && (file.versionId === undefined || file.versionId === id)),
            ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a marker that hides a good dump is removed, one over what nobody names stays', async () => {
    const nights = new Nights();
    const { files } = await nights.run(nights.location('versions'), 3, ['good', 'good']);
    await nights.objects.delete({ bucket, key: files[0]?.key ?? '' });
    nights.objects.add({ bucket, key: 'db/shop/else', contentType: '', tags: {}, metadata: {} }, Buffer.from('x'));
    await nights.objects.delete({ bucket, key: 'db/shop/else' });
    await nights.run(nights.location('dated'), 3, ['good', 'good']);
    expect(
      nights
        .stored()
        .filter(({ deleteMarker }) => deleteMarker)
        .map(({ key }) => key),
    ).toEqual(['db/shop/else']);
    expect(await nights.objects.list(bucket, 'db/shop.dump')).toHaveLength(1);
  });
});

describe('a file whose receipt names no version', () => {
  const shared = async (metadata: Readonly<Record<string, string>>) => {
    const nights = new Nights();
    nights.objects.keepsVersions = false;
    const [one, other] = [1, 2].map((id): KnownReceipt => {
      const takenAt = nights.clock.now().toISOString();
      const file = { kind: 'archive', bucket, key: 'db/shop.dump', size: 1, sha256: '' } as const;
      const receipt = { ...emptyReceipt, source: 'shop', takenAt, run: fakeRun(id), files: [file], proof: [] };
      return { key: `receipts/shop/dump-${id}.json`, receipt: receipt as unknown as DumpReceipt };
    }) as [KnownReceipt, KnownReceipt];
    const own = metadataOf(one.receipt.run, one.receipt.takenAt);
    const object = { bucket, key: 'db/shop.dump', contentType: '', tags: {}, metadata: { ...own, ...metadata } };
    nights.objects.add(object, Buffer.from('x'));
    return { nights, one, other };
  };

  test('stays while another receipt names the same key, and goes with the last', async () => {
    const { nights, one, other } = await shared({});
    await deleteExpired(nights.objects, 'receipts', one, [other]);
    expect(nights.stored()).toHaveLength(1);
    await deleteExpired(nights.objects, 'receipts', one, []);
    expect(nights.stored()).toEqual([]);
  });

  test.each([
    ['another run', { 'holdfast-run': 'o/r/actions/runs/9#1' }],
    ['another job of the same run', { 'holdfast-taken-at': '2020-01-01T00:00:00.000Z' }],
  ])('stays when its place was taken by %s', async (_who, metadata) => {
    const { nights, one } = await shared(metadata);
    await deleteExpired(nights.objects, 'receipts', one, []);
    expect(nights.stored()).toHaveLength(1);
  });
});

describe('what earlier versions of this action only hid', () => {
  const hide = (nights: Nights, ...keys: string[]) => {
    for (const key of keys) {
      nights.objects.add({ bucket, key, contentType: '', tags: {}, metadata: {} }, Buffer.from('old'));
      nights.objects.delete({ bucket, key });
    }
  };
  const dated = 'db/shop/20250101T000000Z/shop';

  test('is deleted after a week, and nothing else', async () => {
    const nights = new Nights();
    const other = await nights.run(nights.location('dated', 'another'), 3, ['good', 'unproven']);
    const ofOther = other.files.find(({ kind }) => kind === 'anonymised')?.key ?? '';
    hide(nights, `${dated}.dump`, `${dated}.dump.tar`, `${dated}.anon.gz`);
    const strange = ['db/shop/mine/shop.dump', 'db/shop/20250101T000000Z/else', 'db/shop-2/20250101T000000Z/shop-2.gz'];
    hide(nights, ...strange);
    await nights.objects.delete({ bucket, key: ofOther });
    const versions = nights.location('versions');
    for (const location of [versions, nights.location('dated')]) await nights.run(location, 3, ['good', 'good']);
    expect(nights.stored().filter(({ key }) => key.startsWith(dated))).toHaveLength(6);
    nights.clock.advance(7 * day);
    await nights.run(nights.location('dated'), 3, ['good', 'good']);
    expect(nights.stored().filter(({ key }) => key.startsWith(dated))).toEqual([]);
    const hidden = nights.stored().filter(({ deleteMarker }) => deleteMarker);
    expect(hidden.map(({ key }) => key).sort()).toEqual([ofOther, ...strange].sort());
    expect(nights.stored()).toHaveLength(2 * hidden.length + 1 + 6);
  });
});

describe('keep-as: versions', () => {
  const rule = (newer: number | undefined, days = 1) => ({
    id: 'older',
    prefix: 'db/',
    enabled: true,
    newerNoncurrentVersions: newer,
    noncurrentDays: days,
    expirationDays: undefined,
    abortUploadDays: 2,
  });
  const verdicts = fc.array(fc.tuple(someVerdict, someVerdict), { minLength: 1, maxLength: 25 });

  test('the last good version of each file survives whatever follows, and good ones are never deleted', async () => {
    await fc.assert(
      fc.asyncProperty(
        verdicts,
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        async (all, limit, days) => {
          const nights = new Nights();
          nights.objects.rules = [rule(limit, days)];
          const lastGood = new Map<DumpFileKind, DumpReceipt>();
          for (const pair of all) {
            const goodBefore = await goodVersions(nights);
            const made = await nights.run(nights.location('versions'), limit, pair);
            for (const id of goodBefore) expect(nights.stored().map((one) => one.id)).toContain(id);
            for (const [at, kind] of kinds.entries()) if (pair[at] === 'good') lastGood.set(kind, made);
            nights.clock.advance(10 * day);
            nights.objects.expireVersions();
            for (const [kind, receipt] of lastGood) expect(await nights.readable(receipt)).toContain(kind);
            expect(nights.warnings.filter((text) => text.includes('is lost after'))).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  async function goodVersions(nights: Nights): Promise<readonly string[]> {
    const stored = new Set(nights.stored().map(({ id }) => id));
    return (await nights.receipts())
      .flatMap(({ receipt }) =>
        receipt.files.flatMap(({ kind, versionId = '' }) =>
          receipt.proof.find((row) => row.kind === kind)?.verdict === 'good' ? [versionId] : [],
        ),
      )
      .filter((id) => stored.has(id));
  }

  test('bad versions make room before unproven ones, the oldest first, and the newest unproven one stays', () => {
    const of = (...all: (Verdict | 'unknown' | 'marker')[]) =>
      all.map(
        (verdict, at) =>
          ({
            at,
            verdict: verdict === 'marker' ? 'unknown' : verdict,
            version: { deleteMarker: verdict === 'marker' },
          }) as const,
      );
    const room = (limit: number, ...all: Parameters<typeof of>) =>
      [...roomWithin(of(...all), limit)].map(({ at }) => at);
    expect(room(3, 'bad', 'bad', 'good', 'bad')).toEqual([]);
    expect(room(3, 'bad', 'unproven', 'bad', 'good', 'good')).toEqual([2]);
    expect(room(3, 'unproven', 'unproven', 'unproven', 'good')).toEqual([2]);
    expect(room(2, 'bad', 'unproven', 'unproven', 'good')).toEqual([0, 2]);
    expect(room(1, 'bad', 'good')).toEqual([0]);
    expect(room(1, 'unproven', 'good')).toEqual([]);
    expect(room(2, 'unknown', 'unknown', 'bad', 'good')).toEqual([2]);
    expect(room(2, 'bad', 'marker', 'good')).toEqual([1]);
    expect(room(2, 'bad', 'bad', 'bad')).toEqual([]);
  });

  test('where no room can be made, a warning says when the last good version is lost', async () => {
    const nights = new Nights();
    nights.objects.rules = [rule(undefined, 7)];
    await nights.run(nights.location('versions'), 5, ['good', 'good']);
    await nights.run(nights.location('versions'), 5, ['bad', 'bad']);
    const lostOn = new Date(nights.clock.now().getTime() + 7 * day).toISOString().slice(0, 10);
    await nights.run(nights.location('versions'), 5, ['unproven', 'unproven']);
    expect(nights.warnings).toContainEqual(
      expect.stringMatching(
        new RegExp(`^the last good version of s3://dumps/db/shop.dump, of .*, is lost after ${lostOn}`),
      ),
    );
    nights.objects.rules = [rule(1)];
    await nights.run(nights.location('versions'), 5, ['unproven', 'unproven']);
    expect(nights.warnings.join('\n')).toContain('keeps only 1 newer non-current version; let it keep more');
  });

  test('without rules, or without versions, nothing is deleted', async () => {
    const nights = new Nights();
    for (let night = 0; night < 5; night += 1)
      await nights.run(nights.location('versions'), 1, night === 0 ? ['good', 'good'] : ['bad', 'bad']);
    expect(nights.stored()).toHaveLength(10);
    nights.objects.keepsVersions = false;
    await nights.run(nights.location('versions'), 1, ['bad', 'bad']);
    expect(nights.warnings).toEqual([expect.stringContaining('keeps no versions')]);
  });
});

test('what cannot be read of the bucket is one warning, and costs nothing', async () => {
  const nights = new Nights();
  const refuse = (code: string) => async () => {
    const kind = code === 'AccessDenied' ? 'denied' : 'unsupported';
    throw new AwsError({
      what: code,
      operation: '',
      resource: '',
      requestId: undefined,
      code,
      kind,
      outcome: 'not-done',
    });
  };
  Object.assign(nights.objects, { lifecycle: refuse('NotImplemented') });
  await nights.run(nights.location('versions'), 2, ['good', 'good']);
  expect(nights.warnings).toEqual([
    'lifecycle of dumps cannot be read, so nobody checks that the bucket keeps the last good dump: NotImplemented',
  ]);
  // Then the bucket is taken to keep as many as the input says.
  for (let night = 0; night < 5; night += 1) await nights.run(nights.location('versions'), 2, ['bad', 'bad']);
  expect(nights.stored()).toHaveLength(6);
  const versions = nights.objects.versions.bind(nights.objects);
  Object.assign(nights.objects, {
    versions: (name: string, prefix: string) =>
      prefix.startsWith('db/') ? refuse('AccessDenied')() : versions(name, prefix),
    versioned: refuse('AccessDenied'),
  });
  await nights.run(nights.location('versions'), 2, ['good', 'good']);
  expect(nights.warnings).toEqual([
    expect.stringMatching(/^versions and versioning and lifecycle of dumps cannot be read/),
  ]);
});
