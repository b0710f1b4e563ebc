/** An account with backups of all kinds, in memory, for the suites of src/watch. */
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import type { DumpReceipt } from '../../../../src/domain/dump.ts';
import type { Receipt } from '../../../../src/domain/receipt.ts';
import { dumpReceiptKey, stamp } from '../../../../src/dump/files.ts';
import { metadataOf } from '../../../../src/dump/retention/versions.ts';
import type { WrittenVersion } from '../../../../src/ports/objects.ts';
import { tagsToKeep } from '../../../../src/watch/inventory/from-snapshot.ts';
import { readInventory } from '../../../../src/watch/inventory/inventory.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { FakeEc2Regions } from '../../../fakes/ec2-region.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { receipt as volumeReceipt } from '../../report/samples.ts';

const receiptBucket = 'acme-receipts';

export class FakeAccount {
  readonly clock = new FakeClock();
  readonly objects = new FakeObjects(this.clock);
  readonly regions = new FakeEc2Regions(this.clock, ['us-east-1', 'us-west-2'], tagsToKeep);
  #runs = 100;

  put(key: string, body: string, metadata: Readonly<Record<string, string>> = {}): WrittenVersion {
    const object = { bucket: receiptBucket, key, contentType: 'application/json', tags: {}, metadata };
    return this.objects.add(object, Buffer.from(body));
  }

  /** Changes a byte of the current object: version and size stay. */
  alter(key: string): void {
    const [current, ...older] = this.objects.versionsOf.get(key) ?? [];
    if (current === undefined) throw new Error(`there is no ${key}`);
    this.objects.versionsOf.set(key, [
      { ...current, body: Buffer.from(current.body.map((byte, at) => byte ^ (at === 0 ? 1 : 0))) },
      ...older,
    ]);
  }

  /** A dump with its objects and its receipt. @returns the key of the receipt */
  dump(takenAt: string, more: Partial<DumpReceipt> = {}): string {
    const source = more.source ?? 'shop';
    this.#runs += 1;
    const isDated = more.retention?.by === 'dated';
    const key = isDated ? `db/${source}/${stamp(takenAt)}/${source}.dump` : `db/${source}.dump`;
    const run = {
      key: `acme/shop/actions/runs/${this.#runs}`,
      url: `https://github.com/runs/${this.#runs}`,
      attempt: 1,
    };
    const { versionId, etag } = this.put(key, `dump of ${takenAt}`, metadataOf(run, takenAt));
    const receipt: DumpReceipt = {
      format: 'holdfast-receipt/1',
      kind: 'database-dump',
      source,
      engine: 'postgres',
      state: 'taken',
      takenAt,
      run,
      database: 'shop',
      place: 'runner',
      versions: { holdfast: '0.1.0', server: '17.6', tools: '17.6' },
      fingerprint: {
        takenAt,
        seconds: 1,
        serverVersion: '17.6',
        tables: [],
        sequences: {},
        extensions: {},
        objects: {},
      },
      files: [
        {
          kind: 'archive',
          bucket: receiptBucket,
          key,
          versionId,
          etag,
          size: Buffer.byteLength(`dump of ${takenAt}`),
          sha256: '00',
        },
      ],
      bucket: receiptBucket,
      timeline: [{ name: 'prove', startedAt: takenAt, endedAt: later(takenAt, 60), outcome: 'done' }],
      verdict: 'good',
      proof: [{ kind: 'archive', verdict: 'good', restoreSeconds: 12, compared: 3, findings: [] }],
      notes: [],
      ...more,
    };
    const receiptKey = dumpReceiptKey(source, takenAt, { id: String(this.#runs), attempt: 1 });
    this.put(receiptKey, JSON.stringify(receipt));
    return receiptKey;
  }

  /** A volume's snapshot with its receipt. @returns the id of the snapshot */
  volume(takenAt: string, more: Partial<Receipt> = {}, tags: Readonly<Record<string, string>> = {}): string {
    this.#runs += 1;
    const id = `snap-0${this.#runs}`;
    const key = `receipts/ib01.prod/${this.#runs}.json`;
    const receipt = {
      ...volumeReceipt,
      takenAt,
      snapshot: { id, startedAt: takenAt, sizeGiB: 100 },
      verdict: 'good',
      ...more,
    };
    this.put(key, JSON.stringify(receipt));
    this.regions.in('us-east-1').addSnapshot({
      id,
      volumeId: 'vol-0bbb',
      startedAt: new Date(takenAt),
      tags: {
        Type: 'Automated',
        'holdfast:made-by': 'ib-snapshot',
        'holdfast:source': 'ib01.prod',
        'holdfast:receipt': key,
        ...tags,
      },
    });
    return id;
  }

  read(enough?: (newest: readonly KeptBackup[]) => boolean, atLeast?: number) {
    return readInventory(
      { region: 'us-east-1', receiptBucket, sufficient: enough && { enough, atLeast } },
      { objects: this.objects, regions: this.regions },
      { signal: new AbortController().signal, clock: this.clock },
    );
  }
}

export const later = (time: string, seconds: number): string =>
  new Date(Date.parse(time) + seconds * 1000).toISOString();
