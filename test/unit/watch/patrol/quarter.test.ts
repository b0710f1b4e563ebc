/**
 * A quarter of nightly backups whose losses go through the bucket and the account: what is told is what the inventory finds in
 * objects, receipts, snapshots and tags. Retention, the lifecycle and the rotation delete meanwhile, which nobody may be told.
 */
import { expect, test } from '@jest/globals';
import type { KeptBackup } from '../../../../src/domain/backup.ts';
import type { DumpRetention } from '../../../../src/domain/dump.ts';
import { stamp } from '../../../../src/dump/files.ts';
import { planPatrol } from '../../../../src/watch/patrol/patrol.ts';
import { FakeAccount } from '../inventory/account.ts';
import { seededRandom } from './seeded-random.ts';

const hour = 3_600_000;
const day = 24 * hour;
const keep = 10;
const rule = { versions: keep, days: 1 };
const dated: DumpRetention = { by: 'dated', keep };
const versions: DumpRetention = { by: 'versions', keep, rules: [rule] };
const options = { days: 60, budgetSeconds: 7200, everySeconds: 12 * 3600, mostProofs: 20 };

class Quarter {
  readonly account = new FakeAccount();
  readonly #random = seededRandom(18);
  readonly #receipts: { readonly key: string; readonly takenAt: string }[] = [];
  readonly #snapshots: {
    readonly id: string;
    readonly region: string;
    readonly dueAt: number;
    readonly madeAt: number;
  }[] = [];
  #nights = 0;

  constructor() {
    const { versions: newerNoncurrentVersions, days: noncurrentDays } = rule;
    const none = { expirationDays: undefined, abortUploadDays: undefined };
    this.account.objects.rules = [
      { id: 'old', prefix: 'db/shared.dump', enabled: true, newerNoncurrentVersions, noncurrentDays, ...none },
    ];
  }

  get #now(): number {
    return this.account.clock.now().getTime();
  }

  /** Makes a backup of each kind, and deletes what is due. */
  night(): void {
    const { objects, regions } = this.account;
    const takenAt = new Date(this.#now).toISOString();
    this.#nights += 1;
    this.#receipts.push({ key: this.account.dump(takenAt, { source: 'own', retention: dated }), takenAt });
    for (const { key, takenAt: old } of this.#receipts.splice(0, this.#receipts.length - keep)) {
      objects.versionsOf.delete(datedKey(old));
      objects.versionsOf.delete(key);
    }
    this.account.dump(takenAt, { source: 'shared', retention: versions });
    objects.expireVersions();
    const dueAt = Math.floor(this.#now / day) * day + keep * day;
    const deleteOn = new Date(dueAt).toISOString().slice(0, 10);
    const made = { dueAt, madeAt: this.#now };
    this.#snapshots.push({ id: this.account.volume(takenAt, { deleteOn }), region: 'us-east-1', ...made });
    this.#rotate(deleteOn, made);
    for (const { id, region } of this.#snapshots.filter((one) => one.dueAt <= this.#now))
      regions.in(region).all.delete(id);
  }

  #rotate(due: string, made: { readonly dueAt: number; readonly madeAt: number }): void {
    const startedAt = new Date(this.#now);
    const [id, copy] = [`snap-1${this.#nights}`, `snap-2${this.#nights}`];
    const description = 'web (i-0123456789abcdef0) - vol-0123456789abcdef0 (/dev/sda1) - us-east-1';
    const own = { Type: 'Automated', Description: description, 'holdfast:made-by': 'ebs-rotate', DeleteOn: due };
    const ofPrimary = { ...own, Copy_Dest: 'us-west-2' };
    const ofCopy = {
      ...own,
      Source_SnapshotId: id,
      'holdfast:source-region': 'us-east-1',
      'holdfast:taken-at': startedAt.toISOString(),
    };
    this.account.regions.in('us-east-1').addSnapshot({ id, volumeId: 'vol-1', startedAt, tags: ofPrimary });
    this.account.regions.in('us-west-2').addSnapshot({ id: copy, volumeId: 'vol-ffffffff', startedAt, tags: ofCopy });
    this.#snapshots.push({ id, region: 'us-east-1', ...made }, { id: copy, region: 'us-west-2', ...made });
  }

  /** Somebody deletes or alters something. @returns what a finding must name */
  lose(what: number): string {
    const { objects, regions } = this.account;
    const one = <T>(some: readonly T[]): T => some[Math.floor(this.#random() * some.length)] as T;
    const whole = this.#snapshots.filter(({ id, region }) => regions.in(region).all.has(id));
    const inTime = whole.filter(({ dueAt, madeAt }) => dueAt > this.#now + 2 * day && madeAt < this.#now - 3 * day);
    const shared = objects.versionsOf.get('db/shared.dump') ?? [];
    const own = this.#receipts.map(({ takenAt }) => datedKey(takenAt)).filter((key) => objects.versionsOf.has(key));
    if (what === 0) {
      const key = one(own);
      objects.versionsOf.delete(key);
      return key;
    }
    if (what === 1) {
      const key = one(own);
      this.account.alter(key);
      return key;
    }
    if (what === 2) {
      const version = one(shared);
      shared.splice(shared.indexOf(version), 1);
      return `versionId=${version.id} is gone`;
    }
    const lost = one(inTime.filter(({ id }) => id.startsWith(['snap-0', 'snap-2', 'snap-1'][what - 3] ?? '')));
    regions.in(lost.region).all.delete(lost.id);
    // Of a copy, what is left tells.
    return what === 4 ? lost.id.replace('snap-2', 'snap-1') : lost.id;
  }

  /** What a run of the patrol tells. */
  async told(): Promise<readonly string[]> {
    const { backups, unread } = await this.account.read();
    expect(unread).toEqual([]);
    const random = this.#random;
    const unprovable = (_: KeptBackup): undefined => undefined;
    return planPatrol({ backups, now: this.account.clock.now(), options, random, unprovable }).altered.map(
      ({ what }) => what,
    );
  }
}

const datedKey = (takenAt: string): string => `db/own/${stamp(takenAt)}/own.dump`;

test('in a quarter every backup that is deleted or altered is told by the next run, and none that retention deletes', async () => {
  const quarter = new Quarter();
  let known: ReadonlySet<string> = new Set();
  let lost = 0;
  for (let today = 0; today < 90; today += 1) {
    quarter.night();
    const name = today >= 14 && today % 3 === 0 ? quarter.lose(lost++ % 6) : undefined;
    for (let run = 0; run < 2; run += 1) {
      quarter.account.clock.advance(12 * hour);
      const told = await quarter.told();
      const news = told.filter((what) => !known.has(what));
      if (run > 0 || name === undefined) expect(news).toEqual([]);
      else expect(news).toEqual([expect.stringContaining(name)]);
      known = new Set([...known, ...told]);
    }
  }
  expect(lost).toBe(25);
});
