/** The patrol as an action: what it reads, what it gives to the jobs that prove, and when it fails. */
import { describe, expect, test } from '@jest/globals';
import { inputs } from '../../../../src/actions/patrol/inputs.ts';
import type { Findings } from '../../../../src/actions/patrol/ports.ts';
import { run } from '../../../../src/actions/patrol/run.ts';
import type { DumpReceipt } from '../../../../src/domain/dump.ts';
import { tagsToKeep } from '../../../../src/watch/inventory/from-snapshot.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../../fakes/context.ts';
import { FakeEc2Regions } from '../../../fakes/ec2-region.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { receipt as volumeReceipt } from '../../report/samples.ts';

const bucket = 'receipts';
const day = 86_400_000;

class World {
  readonly clock = new FakeClock();
  readonly objects = new FakeObjects(this.clock);
  readonly regions = new FakeEc2Regions(this.clock, ['us-east-1', 'eu-west-1'], tagsToKeep);

  /** A dump of so many days ago, with its object. */
  dump(source: string, daysAgo: number, more: Partial<DumpReceipt> = {}): string {
    const takenAt = new Date(this.clock.now().getTime() - daysAgo * day).toISOString();
    const body = Buffer.from(`${source} ${daysAgo}`);
    const object = { bucket, key: `db/${source}-${daysAgo}.dump`, contentType: '', tags: {}, metadata: {} };
    const { versionId, etag } = this.objects.add(object, body);
    const key = `receipts/${source}/dump-${daysAgo}.json`;
    const receipt = {
      format: 'holdfast-receipt/1',
      kind: 'database-dump',
      source,
      engine: 'postgres',
      state: 'taken',
      takenAt,
      run: { key: 'r', url: 'u', attempt: 1 },
      versions: { holdfast: '1', server: '16.4', tools: '16.4' },
      files: [{ kind: 'archive', bucket, key: object.key, versionId, etag, size: body.length, sha256: 'x' }],
      bucket,
      timeline: [{ name: 'Prove the archive file', startedAt: takenAt, endedAt: takenAt, outcome: 'done' }],
      verdict: 'good',
      proof: [{ kind: 'archive', verdict: 'good', restoreSeconds: 60, compared: 3, findings: [] }],
      notes: [],
      ...more,
    };
    this.objects.add({ bucket, key, contentType: '', tags: {}, metadata: {} }, Buffer.from(JSON.stringify(receipt)));
    return key;
  }

  async patrol(given: Readonly<Record<string, string>> = {}) {
    const findings: Partial<Findings> = {};
    const settings = settingsFrom(inputs, {
      'aws-region': 'us-east-1',
      'receipt-bucket': bucket,
      // All of a small world in one run.
      budget: '4h',
      days: '30',
      ...given,
    });
    const context = fakeContext<Findings>(this.clock, fakeRun(1), (more) => void Object.assign(findings, more));
    const { objects, regions } = this;
    const error = await run(settings, { objects, regions, random: () => 0 }, context).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { findings, error };
  }
}

describe('the patrol', () => {
  test('gives each engine the oldest dumps, with the server and packages of their restore', async () => {
    const world = new World();
    const key = world.dump('shop', 29);
    const maria = world.dump('crm', 28, {
      engine: 'mysql',
      product: 'MariaDB',
      versions: { holdfast: '1', server: '10.11.6', tools: '10.11.6' },
    });
    const databases =
      '[{"source":"shop","packages":["postgis","pgvector"],"scratch-secret":"SHOP_SCRATCH_URL"},\n {"source":"other"}]\n\n[]';
    const { findings, error } = await world.patrol({ databases });
    expect(error).toBeUndefined();
    expect(findings.jobs).toEqual({
      postgres: [
        {
          ...{ source: 'shop', receipt: key, series: '16', packages: 'postgis pgvector' },
          ...{ 'scratch-image': '', 'scratch-secret': 'SHOP_SCRATCH_URL' },
        },
      ],
      mysql: [
        {
          source: 'crm',
          receipt: maria,
          client: 'mariadb',
          'server-image': 'mariadb:10.11',
          'scratch-image': '',
          'scratch-secret': '',
        },
      ],
      mongodb: [],
      rotations: [],
      volumes: [],
    });
    expect(findings.patrol).toMatchObject({ kept: 2, chosen: 2, overdue: 0, altered: 0 });
  });

  test('gives a database of a server what the entry of the server says, unless it has one of its own', async () => {
    const world = new World();
    const beta = { versions: { holdfast: '1', server: '18beta1', tools: '18beta1' } };
    for (const [source, more] of [['pg02/shop', beta], ['pg02/orders'], ['pg02.old']] as const)
      world.dump(source, 29, more);
    const entry = (source: string) =>
      `{"source":"${source}","packages":"of ${source}","scratch-image":"image of ${source}","scratch-secret":"URL of ${source}"}`;
    const { findings } = await world.patrol({ databases: `[${entry('pg02')},${entry('pg02/orders')}]` });
    const given = (source: string) => ({
      ...{ packages: `of ${source}`, 'scratch-image': `image of ${source}`, 'scratch-secret': `URL of ${source}` },
    });
    const byName = Object.fromEntries((findings.jobs?.postgres ?? []).map((job) => [job.source, job]));
    expect(byName).toMatchObject({
      'pg02/shop': { ...given('pg02'), series: '18' },
      'pg02/orders': { ...given('pg02/orders'), series: '16' },
      'pg02.old': { packages: '', 'scratch-image': '', 'scratch-secret': '' },
    });
  });

  test('fails for what is overdue, and has it proven all the same', async () => {
    const world = new World();
    world.dump('shop', 31);
    const { findings, error } = await world.patrol();
    expect(error).toMatchObject({
      code: 'patrol',
      detail: expect.stringContaining('its last proof is 31 days old') as unknown,
    });
    expect(findings.jobs?.postgres).toHaveLength(1);
  });

  test('tells an object of the same size and version with other bytes', async () => {
    const world = new World();
    world.dump('shop', 1);
    expect((await world.patrol()).error).toBeUndefined();
    const [version] = world.objects.versionsOf.get('db/shop-1.dump') ?? [];
    if (version) world.objects.versionsOf.set('db/shop-1.dump', [{ ...version, body: Buffer.from('shop 2') }]);
    const { findings, error } = await world.patrol();
    expect(findings.patrol).toMatchObject({ altered: 1 });
    expect(error).toMatchObject({ detail: expect.stringContaining('has the ETag') as unknown });
  });

  test('tells an object that is gone, and one that was altered, from a list alone', async () => {
    const world = new World();
    world.dump('shop', 3);
    world.dump('shop', 2);
    world.dump('shop', 1);
    world.objects.versionsOf.delete('db/shop-2.dump');
    const [version] = world.objects.versionsOf.get('db/shop-1.dump') ?? [];
    if (version) world.objects.versionsOf.set('db/shop-1.dump', [{ ...version, body: Buffer.from('other bytes') }]);
    let downloads = 0;
    const read = world.objects.read.bind(world.objects);
    world.objects.read = (place) => {
      downloads += 1;
      return read(place);
    };
    const { findings, error } = await world.patrol();
    expect(findings.patrol).toMatchObject({ altered: 2 });
    const { detail } = error as { detail: string };
    expect(detail).toMatch(/shop-2\.dump.* is gone/);
    expect(detail).toMatch(/shop-1\.dump.* has 11 bytes/);
    expect(downloads).toBe(0);
  });

  describe('snapshots of the rotation and copies', () => {
    const origin = 'web (i-0123456789abcdef0) - vol-0123456789abcdef0 (/dev/sdf) - us-east-1';
    const ofRotation = { 'holdfast:made-by': 'ebs-rotate', Type: 'Automated', Description: origin };
    /** A snapshot of the rotation and its copy; one of a volume, its copy, and their receipt. */
    const filled = (): World => {
      const world = new World();
      const startedAt = new Date(world.clock.now().getTime() - 29 * day);
      const [home, there] = [world.regions.in('us-east-1'), world.regions.in('eu-west-1')];
      const copied = (id: string) => ({
        Source_SnapshotId: id,
        'holdfast:source-region': 'us-east-1',
        Type: 'Automated',
      });
      home.addSnapshot({ id: 'snap-1', volumeId: 'vol-1', startedAt, tags: ofRotation });
      there.addSnapshot({ id: 'snap-2', volumeId: 'v', startedAt, tags: { ...ofRotation, ...copied('snap-1') } });
      const key = 'receipts/ib01/1.json';
      const tags = { 'holdfast:made-by': 'ib-snapshot', 'holdfast:source': 'ib01', 'holdfast:receipt': key };
      home.addSnapshot({ id: 'snap-3', volumeId: 'vol-2', startedAt, tags });
      const ofCopy = { 'holdfast:made-by': 'ib-snapshot', ...copied('snap-3') };
      there.addSnapshot({ id: 'snap-4', volumeId: 'v', startedAt, tags: ofCopy });
      const taken = {
        ...volumeReceipt,
        source: 'ib01',
        takenAt: startedAt.toISOString(),
        verification: undefined,
        verdict: 'unproven',
      };
      const receipt = { ...taken, snapshot: { ...volumeReceipt.snapshot, id: 'snap-3' } };
      world.objects.add(
        { bucket, key, contentType: '', tags: {}, metadata: {} },
        Buffer.from(JSON.stringify({ ...receipt, host: { ...receipt.host, region: 'us-east-1' } })),
      );
      return world;
    };

    test('are proven where a verification host is named for their region', async () => {
      const verifiers = '{"us-east-1":"verify.us","eu-west-1":"verify.eu"}';
      const { findings } = await filled().patrol({ verifiers });
      expect(findings.jobs?.rotations).toEqual([
        { source: 'web', snapshot: 'snap-1', region: 'us-east-1', instance: 'verify.us' },
        { source: 'web', snapshot: 'snap-2', region: 'eu-west-1', instance: 'verify.eu' },
      ]);
      expect(findings.jobs?.volumes).toEqual([
        { source: 'ib01', snapshot: 'snap-3', region: 'us-east-1', instance: '', receipt: '' },
        {
          ...{ source: 'ib01', snapshot: 'snap-4', region: 'eu-west-1', instance: 'verify.eu' },
          receipt: 'receipts/ib01/1.json',
        },
      ]);
    });

    test('and elsewhere the summary says what to set', async () => {
      const { findings, error } = await filled().patrol({ verifiers: '{"us-east-1":"verify.us"}' });
      expect(findings.jobs?.rotations).toMatchObject([{ snapshot: 'snap-1' }]);
      const reason =
        'copies in eu-west-1 need a verification host there: name one (input verifiers, HOLDFAST_VERIFIERS)';
      expect(findings.notes).toEqual([`not proven: 2 backups, since ${reason}`]);
      expect(error).toBeUndefined();
      expect(findings.patrol?.unproven).toMatchObject({
        ...{ account: bucket, parts: [{ reason, count: 2 }], regions: ['eu-west-1'], accepted: 0 },
        oldest: { id: expect.stringMatching(/^snap-[24]$/) as unknown, region: 'eu-west-1', proven: false },
      });
    });

    test('and what is accepted as unproven is only noted', async () => {
      const unproven = async (accepted: string) => {
        const { findings } = await filled().patrol({ 'accept-unproven': accepted });
        expect(findings.notes).toContainEqual(expect.stringMatching(/^accepted as unproven: [123] backups?/));
        const { parts, regions, accepted: count } = findings.patrol?.unproven ?? {};
        return { left: parts?.reduce((sum, part) => sum + part.count, 0), regions, count };
      };
      expect(await unproven('eu-west-1')).toEqual({ left: 1, regions: ['us-east-1'], count: 2 });
      expect(await unproven('eu-west-1 us-east-1')).toEqual({ left: 0, regions: [], count: 3 });
      expect(await unproven('all')).toEqual({ left: 0, regions: [], count: 3 });
      const wrong = { 'aws-region': 'us-east-1', 'receipt-bucket': bucket, 'accept-unproven': 'us-east-1 Ireland' };
      expect(() => settingsFrom(inputs, wrong)).toThrow('accept-unproven: "Ireland" is no region');
    });

    test.each([
      ['eu-west-1', 'it is not JSON'],
      ['["eu-west-1"]', 'it is not an object'],
      ['{"Ireland":"verify.eu"}', '"Ireland" is no region'],
      ['{"eu-west-1":""}', 'the host of eu-west-1 is no id or name'],
    ])('refuses the verifiers %s', async (verifiers, words) => {
      const given = { 'aws-region': 'us-east-1', 'receipt-bucket': bucket, verifiers };
      expect(() => settingsFrom(inputs, given)).toThrow(words);
    });
  });

  describe('while something may hide a backup, it fails and says what', () => {
    const refused = (words: string) => async () => Promise.reject(new Error(words));

    test('objects of dumps, of which one may be gone', async () => {
      const world = new World();
      world.dump('shop', 1);
      const { versions } = world.objects;
      world.objects.versions = async (name, prefix) =>
        prefix.startsWith('db')
          ? Promise.reject(new Error('AccessDenied'))
          : versions.call(world.objects, name, prefix);
      const { findings, error } = await world.patrol();
      expect(error).toMatchObject({ code: 'patrol', detail: 'could not be read: objects of dumps: AccessDenied' });
      expect(findings.outcome).toBeUndefined();
      expect(findings.patrol).toMatchObject({ unread: 1 });
    });

    test('receipts, although snapshots are known', async () => {
      const world = new World();
      const tags = {
        'holdfast:made-by': 'ib-snapshot',
        'holdfast:source': 'ib01',
        'holdfast:receipt': 'receipts/ib01/1.json',
      };
      world.regions.in('us-east-1').addSnapshot({ id: 'snap-1', volumeId: 'vol-1', tags });
      world.objects.list = refused('SlowDown');
      const { findings, error } = await world.patrol();
      expect(error).toMatchObject({
        message: expect.stringContaining('receipts of receipts could not be read') as unknown,
      });
      expect(findings.patrol).toMatchObject({ kept: 1, unread: 1 });
    });

    test('a receipt that is cut off: the overdue backup does not vanish', async () => {
      const world = new World();
      world.dump('shop', 1);
      const key = world.dump('shop', 40);
      world.objects.add({ bucket, key, contentType: '', tags: {}, metadata: {} }, Buffer.from('{"cut'));
      const { error } = await world.patrol();
      expect(error).toMatchObject({ detail: expect.stringContaining('dump-40.json: it is no JSON') as unknown });
    });

    test('a region, unless an organisation denies it and nothing is known to be there', async () => {
      const world = new World();
      world.dump('shop', 1);
      const there = world.regions.in('eu-west-1');
      there.snapshots = refused('with an explicit deny in a service control policy');
      const { findings, error } = await world.patrol();
      expect(error).toBeUndefined();
      expect(findings.notes?.[0]).toContain('could not be read: snapshots in eu-west-1');
      there.snapshots = refused('timeout');
      expect((await world.patrol()).error).toMatchObject({ detail: expect.stringContaining('timeout') as unknown });
    });

    test('beside what is altered', async () => {
      const world = new World();
      world.dump('shop', 1);
      world.objects.versionsOf.delete('db/shop-1.dump');
      world.regions.in('eu-west-1').snapshots = refused('timeout');
      expect((await world.patrol()).error).toMatchObject({
        message: expect.stringContaining('not what they were, and 1 part of the account could not be read') as unknown,
        detail: expect.stringMatching(/timeout\n.*is gone$/) as unknown,
      });
    });
  });

  test('in a dry run plans and gives no jobs', async () => {
    const world = new World();
    world.dump('shop', 29);
    const { findings } = await world.patrol({ 'dry-run': 'true' });
    expect(findings.outcome).toBe('dry-run');
    expect(findings.plan?.[0]?.decision).toContain('prove the dump of shop');
    expect(findings.jobs).toEqual({ postgres: [], mysql: [], mongodb: [], volumes: [], rotations: [] });
  });

  test('refuses wrong inputs, all at once', () => {
    const parse = () =>
      settingsFrom(inputs, {
        'aws-region': 'us-east-1',
        'receipt-bucket': bucket,
        days: '30',
        every: '480h',
        databases: '{"source": 1',
      });
    expect(parse).toThrow(/databases: it is not JSON[\s\S]*every: more than half of days/);
  });
});
