/** Nights of db-dump against a small model of S3, for properties of what is kept. */
import { expect } from '@jest/globals';
import type { DumpFileKind, DumpReceipt, ProofRow } from '../../../src/domain/dump.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { type DumpLocation, type KeepAs, objectKey } from '../../../src/dump/files.ts';
import { tagsOf } from '../../../src/dump/pins/marks.ts';
import { type KnownReceipt, readReceipts, writeReceipt } from '../../../src/dump/receipts.ts';
import { inspectBucket } from '../../../src/dump/retention/bucket.ts';
import { deleteExpired } from '../../../src/dump/retention/deletion.ts';
import { expiredBy } from '../../../src/dump/retention/retention.ts';
import { metadataOf } from '../../../src/dump/retention/versions.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { fakeRun } from '../../fakes/context.ts';
import { FakeObjects } from '../../fakes/objects.ts';

export const day = 86_400_000;
export const bucket = 'dumps';
export const kinds: readonly DumpFileKind[] = ['archive', 'anonymised'];
const { signal } = new AbortController();

/** Runs of db-dump, as far as S3 sees them. */
export class Nights {
  readonly clock = new FakeClock();
  readonly objects = new FakeObjects(this.clock);
  warnings: readonly string[] = [];
  #runs = 0;

  location(keepAs: KeepAs, source = 'shop', name = 'shop'): DumpLocation {
    return { source, bucket, receiptBucket: 'receipts', prefix: 'db/', name, keepAs, format: 'custom' };
  }

  /** @param forgetful whether the receipt names no versions, as for a bucket without them */
  async run(
    location: DumpLocation,
    keep: number,
    verdicts: readonly Verdict[],
    { forgetful = false, keepForever = false } = {},
  ): Promise<DumpReceipt> {
    this.clock.advance(day);
    this.#runs += 1;
    const run = fakeRun(this.#runs);
    const request = { location, files: kinds, keep, keepForever };
    const { known, hidden, room, warnings } = await inspectBucket(request, this.objects, { clock: this.clock, signal });
    this.warnings = warnings;
    for (const { place } of [...hidden, ...room]) await this.objects.delete(place);
    const takenAt = this.clock.now().toISOString();
    const files = kinds.map((kind) => {
      const key = objectKey({ ...location, apart: keepForever }, kind, takenAt);
      const tags = tagsOf({ ...emptyReceipt, source: location.source, keepForever, proof: [] } as never, { kind });
      const object = { bucket, key, contentType: '', tags, metadata: metadataOf(run, takenAt) };
      const { versionId } = this.objects.add(object, Buffer.from(`${this.#runs} ${kind}`));
      return {
        kind,
        bucket,
        key,
        versionId: forgetful ? undefined : versionId,
        size: `${this.#runs} ${kind}`.length,
        sha256: '',
      };
    });
    const proof = kinds.map((kind, at): ProofRow => {
      const verdict = verdicts[at] ?? 'unproven';
      return { kind, verdict, restoreSeconds: 1, compared: 1, findings: [] };
    });
    const verdict = verdicts.includes('bad') ? 'bad' : verdicts.includes('unproven') ? 'unproven' : 'good';
    const marks = { keepForever: keepForever || undefined };
    const receipt = {
      ...emptyReceipt,
      ...marks,
      source: location.source,
      takenAt,
      run,
      files,
      proof,
      verdict,
    } as DumpReceipt;
    await writeReceipt(this.objects, location, run, receipt);
    if (verdict === 'good') {
      const all = await this.receipts(location.source);
      const expired = expiredBy(location.keepAs)(all, keep);
      const kept = all.filter((one) => !expired.some(({ key }) => key === one.key));
      expect(known.length + 1).toBe(all.length);
      for (const one of expired) await deleteExpired(this.objects, location.receiptBucket, one, kept);
    }
    return receipt;
  }

  receipts(source = 'shop'): Promise<readonly KnownReceipt[]> {
    return readReceipts(this.objects, 'receipts', source);
  }

  /** The files of a dump that can be read. */
  async readable(receipt: DumpReceipt): Promise<readonly DumpFileKind[]> {
    const number = receipt.run.key.split('/').at(-1);
    const texts = await Promise.all(
      receipt.files.map(async (file) => [file.kind, await this.objects.text(file)] as const),
    );
    return texts.filter(([kind, text]) => text === `${number} ${kind}`).map(([kind]) => kind);
  }

  /** What the bucket holds, receipts left out: `KEY VERSION`, and delete markers. */
  stored(): readonly { readonly key: string; readonly id: string; readonly deleteMarker: boolean }[] {
    return [...this.objects.versionsOf]
      .filter(([key]) => !key.startsWith('receipts/'))
      .flatMap(([key, versions]) => versions.map(({ id, deleteMarker }) => ({ key, id, deleteMarker })));
  }
}

export const emptyReceipt = {
  format: 'holdfast-receipt/1',
  kind: 'database-dump',
  engine: 'postgres',
  state: 'taken',
  database: 'd',
  place: 'runner',
  bucket,
  versions: { holdfast: '', server: '', tools: '' },
  fingerprint: { takenAt: '', seconds: 0, serverVersion: '', tables: [], sequences: {}, extensions: {}, objects: {} },
  timeline: [],
  notes: [],
};
