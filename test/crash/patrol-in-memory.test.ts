/**
 * The proofs that the patrol starts of snapshots without a receipt of their own (those of the rotation, and copies), and the issues that
 * tell what is missing: the process dies before or after each of its calls, or the call fails, or its answer is lost. In memory, so
 * that every point is tried in a moment; afterwards the same is done again, and the end is that of an undisturbed run. Kept dumps that
 * are proven again: test/unit/dump/again.test.ts.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { inputs } from '../../src/actions/verify-volume/inputs.ts';
import { run } from '../../src/actions/verify-volume/run.ts';
import { syncWatchIssues } from '../../src/adapters/github/watch-issues.ts';
import type { Tags } from '../../src/domain/ec2.ts';
import type { SourceTrouble, WatchReport } from '../../src/domain/watching.ts';
import { FakeClock, FakeLogger } from '../fakes/clock.ts';
import { FakeCompute } from '../fakes/compute.ts';
import { fakeContext, fakeRun, settingsFrom } from '../fakes/context.ts';
import { FaultyPorts, portFaults } from '../fakes/faulty-ports.ts';
import { FakeGitHub } from '../fakes/github.ts';
import { FakeHosts } from '../fakes/hosts.ts';
import { FakeIssues } from '../fakes/issues.ts';
import { FakeReceipts } from '../fakes/receipts.ts';
import { receipt as sample } from '../unit/report/samples.ts';

let points = 0;
afterAll(() => {
  process.stdout.write(`crash suite of the patrol and the watchdog's issues in memory: ${points} points tried\n`);
});

const settled = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const receiptKey = 'receipts/ib01.prod/1.json';
const kinds = {
  'a snapshot of the rotation': { 'holdfast:made-by': 'ebs-rotate', Type: 'Automated' },
  'a copy of a volume': { 'holdfast:made-by': 'ib-snapshot', Source_SnapshotId: 'snap-of-home' },
} as const satisfies Record<string, Tags>;

class World {
  readonly clock = new FakeClock();
  readonly compute = new FakeCompute(this.clock);
  readonly hosts = new FakeHosts(this.clock, 'i-source');
  readonly receipts = new FakeReceipts();
  readonly github = new FakeGitHub();

  private constructor(tags: Tags) {
    this.compute.addInstance({
      id: 'i-verify',
      state: 'stopped',
      tags: { Name: 'verify', 'holdfast:host': 'verification' },
    });
    this.compute.snapshots.set('snap-12345678', {
      id: 'snap-12345678',
      volumeId: 'vol-ffffffff',
      state: 'completed',
      stateMessage: undefined,
      progress: 100,
      startedAt: new Date('2026-11-01T00:00:00Z'),
      sizeGiB: 1,
      tags,
      description: '',
      tier: 'standard',
      fullBytes: undefined,
    });
  }

  static async of(tags: Tags): Promise<World> {
    const world = new World(tags);
    const print = await world.hosts.run('i-source', {
      script: 'fingerprint',
      parameters: { Socket: '/s', DefaultsFile: '', Method: 'rows', Checks: '', Saved: '' },
      timeoutSeconds: 1,
    } as never);
    const fingerprint = { method: 'rows', checks: '', before: print, after: print } as never;
    await world.receipts.write(receiptKey, {
      ...sample,
      fingerprint,
      snapshot: { ...sample.snapshot, id: 'snap-of-home' } as never,
    });
    return world;
  }

  get tags(): Tags {
    return this.compute.snapshots.get('snap-12345678')?.tags ?? {};
  }

  prove(id: number, faults = new FaultyPorts()): Promise<unknown> {
    this.github.startRun('patrol.yml', id);
    const settings = settingsFrom(inputs, {
      source: 'ib01.prod',
      'aws-region': 'eu-west-1',
      'receipt-region': 'us-east-1',
      'receipt-bucket': 'receipts',
      receipt: receiptKey,
      instance: 'verify',
      'snapshot-id': 'snap-12345678',
    });
    const compute = faults.port('compute', this.compute);
    const ports = {
      compute,
      cleanupCompute: compute,
      hosts: faults.port('hosts', this.hosts),
      receipts: faults.port('receipts', this.receipts),
      runs: this.github,
      remember: () => {},
    };
    const context = fakeContext(this.clock, fakeRun(id), () => {});
    return settled(run(settings, ports, { ...context, signal: faults.signal }));
  }
}

describe.each(Object.entries(kinds))('%s', (_, tags) => {
  test.each(portFaults)(
    '%s at every call: no verdict that nothing showed, nothing left, and the next run proves it',
    async (fault) => {
      const whole = await World.of(tags);
      const calls = new FaultyPorts();
      expect(await whole.prove(1, calls)).toBeUndefined();
      expect(whole.tags).toMatchObject({ Integrity: 'good', 'holdfast:proven': expect.stringMatching(/^\S+Z \d+$/) });
      const receipts = JSON.stringify([...whole.receipts.objects]);
      expect(calls.calls.length).toBeGreaterThan(15);
      for (let at = 1; at <= calls.calls.length; at += 1) {
        points += 1;
        const where = `${fault}, call ${at} (${calls.calls[at - 1]})`;
        const world = await World.of(tags);
        await world.prove(2, new FaultyPorts(at, fault));
        // Whatever was written was found: a verdict comes after the checks, and no other is ever there.
        const { Integrity, 'holdfast:proven': proven } = world.tags;
        expect([where, Integrity ?? 'good', Integrity === undefined]).toEqual([where, 'good', proven === undefined]);
        world.github.endRun(2, 'cancelled');
        // A host that was stopped has nothing mounted.
        if (world.compute.instances.get('i-verify')?.state === 'stopped') world.hosts.mounted = undefined;
        expect([where, await world.prove(3)]).toEqual([where, undefined]);
        const { 'holdfast:tried': tried, 'holdfast:proven': at2, ...rest } = world.tags;
        const { 'holdfast:proven': __, ...wanted } = whole.tags;
        expect([where, rest]).toEqual([where, wanted]);
        // An attempt in vain does not outlive the proof.
        expect([where, (tried ?? '') <= (at2 ?? '')]).toEqual([where, true]);
        expect([where, [...world.compute.volumes.keys()]]).toEqual([where, []]);
        expect([where, world.compute.instances.get('i-verify')?.state]).toEqual([where, 'stopped']);
        expect([where, world.hosts.mounted]).toEqual([where, undefined]);
        // The receipt is that of the primary: what is found of a copy is not about it.
        expect([where, JSON.stringify([...world.receipts.objects])]).toEqual([where, receipts]);
      }
    },
  );
});

const trouble = (source: string): SourceTrouble => ({
  ...{ key: `database-dump ${source}`, source, failure: 'missing' },
  ...{ since: '2026-11-20T02:00:00Z', what: `the backup of ${source} is missing` },
});
const rowOf = ({ key, source }: SourceTrouble, state: 'good' | 'failed') => ({
  ...{ key, source, kind: 'database-dump', state, target: 'within 12h', why: '' },
});
const [shop, crm] = [trouble('shop'), trouble('crm')];
const looks: readonly WatchReport[] = [
  { rows: [rowOf(shop, 'failed'), rowOf(crm, 'failed')], troubles: [shop, crm], problems: [], unread: [] },
  { rows: [rowOf(shop, 'good'), rowOf(crm, 'failed')], troubles: [crm], problems: [], unread: [] },
];

function look(issues: FakeIssues, watch: WatchReport, id: number, faults = new FaultyPorts()): Promise<unknown> {
  const options = { octokit: issues.octokit(faults), repository: 'acme/backups', clock: new FakeClock() };
  const links = { runUrl: `https://github.test/runs/${id}`, runbookUrl: 'https://github.test/runbook' };
  return settled(syncWatchIssues({ ...options, signal: faults.signal, logger: new FakeLogger() }, watch, links));
}

const shown = ({ all }: FakeIssues) => all.map(({ title, state, comments }) => [title, state, comments.length]);

test.each(portFaults)(
  'issues, %s at every call: each trouble is told once, and closed once its backup is there',
  async (fault) => {
    const whole = new FakeIssues();
    const counts: number[] = [];
    for (const [index, watch] of looks.entries()) {
      const faults = new FaultyPorts();
      expect(await look(whole, watch, index, faults)).toBeUndefined();
      counts.push(faults.calls.length);
    }
    expect(shown(whole).map(([, state]) => state)).toEqual(['closed', 'open']);
    for (const [disturbed, count] of counts.entries())
      for (let at = 1; at <= count; at += 1) {
        points += 1;
        const issues = new FakeIssues();
        for (const [index, watch] of looks.entries()) {
          if (index === disturbed) await look(issues, watch, 10, new FaultyPorts(at, fault));
          await look(issues, watch, index);
        }
        const states = shown(issues).map(([title, state]) => [title, state]);
        expect([fault, disturbed, at, states]).toEqual([
          fault,
          disturbed,
          at,
          shown(whole).map(([title, state]) => [title, state]),
        ]);
        // A comment whose answer was lost, or after which the process died, may be there twice; never more, and never none.
        for (const { state, comments } of issues.all) {
          const least = state === 'closed' ? 1 : 0;
          expect([fault, disturbed, at, comments.length >= least && comments.length <= least + 1]).toEqual([
            fault,
            disturbed,
            at,
            true,
          ]);
        }
      }
  },
);
