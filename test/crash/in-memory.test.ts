/**
 * The crash suite in memory: at every call that an action makes to one of its ports, the process dies before it,
 * dies after it, or the call fails. In memory, so that every point is tried in a moment; the suite of the bundles
 * (snapshot-bundle, verify-bundle) does the same at every AWS call of the real processes.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { inputs as backupInputs } from '../../src/actions/ib-snapshot/inputs.ts';
import { run as backup } from '../../src/actions/ib-snapshot/run.ts';
import { cleanUp } from '../../src/actions/verify-volume/clean-up.ts';
import { inputs as verifyInputs } from '../../src/actions/verify-volume/inputs.ts';
import type { Findings } from '../../src/actions/verify-volume/ports.ts';
import { run as verify } from '../../src/actions/verify-volume/run.ts';
import type { QuiesceMode } from '../../src/domain/receipt.ts';
import type { RunIdentity } from '../../src/domain/run.ts';
import { HostError } from '../../src/runtime/errors.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { FakeClock, FakeLogger } from '../fakes/clock.ts';
import { FakeCompute } from '../fakes/compute.ts';
import { settingsFrom } from '../fakes/context.ts';
import { FaultyPorts, portFaults } from '../fakes/faulty-ports.ts';
import { FakeGitHub } from '../fakes/github.ts';
import { FakeHosts } from '../fakes/hosts.ts';
import { FakeReceipts } from '../fakes/receipts.ts';

const backupSettings = (quiesce: QuiesceMode, underLock = 'auto') =>
  settingsFrom(backupInputs, {
    source: 'ib01.prod',
    'aws-region': 'us-east-1',
    'receipt-bucket': 'receipts',
    instance: 'ib01.prod',
    'wait-timeout': '1h',
    'retention-days': '7',
    quiesce,
    'fingerprint-under-lock': underLock,
  });
const verifySettings = settingsFrom(verifyInputs, {
  source: 'ib01.prod',
  'aws-region': 'us-east-1',
  'receipt-bucket': 'receipts',
  instance: 'ib02.dev',
  'wait-timeout': '1h',
  'read-timeout': '1h',
});

class World {
  readonly clock = new FakeClock();
  readonly compute = new FakeCompute(this.clock);
  readonly hosts = new FakeHosts(this.clock, 'i-source');
  readonly receipts = new FakeReceipts();
  readonly github = new FakeGitHub();

  constructor() {
    this.compute.addInstance({ id: 'i-source', tags: { Name: 'ib01.prod', 'holdfast:host': 'source' } });
    this.compute.addInstance({
      id: 'i-verify',
      state: 'stopped',
      tags: { Name: 'ib02.dev', 'holdfast:host': 'verification' },
    });
    this.compute.addVolume({
      id: 'vol-data',
      attachment: { instanceId: 'i-source', device: '/dev/sdf', state: 'attached' },
    });
  }

  /** What a run works with. @param faults what its calls meet */
  tools(run: RunIdentity, faults = new FaultyPorts()) {
    this.github.startRun('backup.yml', Number(run.id));
    const logger = new FakeLogger();
    const compute = faults.port('compute', this.compute);
    return {
      compute,
      cleanupCompute: compute,
      hosts: faults.port('hosts', this.hosts),
      receipts: faults.port('receipts', this.receipts),
      runs: this.github,
      clock: this.clock,
      logger,
      timeline: new Timeline(this.clock, logger),
      signal: new AbortController().signal,
      run,
      job: `job-of-${run.id}-${run.attempt}`,
      remember: () => {},
      forget: () => {},
    };
  }
}

function identity(id: number, attempt = 1): RunIdentity {
  return { key: `o/r/actions/runs/${id}`, url: `https://github.com/o/r/actions/runs/${id}`, id: String(id), attempt };
}

async function outcome(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

let points = 0;
afterAll(() => {
  process.stdout.write(`crash suite in memory: ${points} points tried\n`);
});

function runBackup(tools: ReturnType<World['tools']>, settings = backupSettings('stop')): Promise<void> {
  return backup(settings, tools, { ...tools, report: () => {} });
}

function runVerification(
  tools: ReturnType<World['tools']>,
  report: (findings: Partial<Findings>) => void = () => {},
): Promise<void> {
  return verify(verifySettings, tools, { ...tools, report });
}

async function callsOf(
  start: (world: World, tools: ReturnType<World['tools']>) => Promise<void>,
  prepare: (world: World) => Promise<void>,
): Promise<number> {
  const world = new World();
  await prepare(world);
  const ports = new FaultyPorts();
  await start(world, world.tools(identity(1), ports));
  return ports.calls.length;
}

describe.each([
  ['stop', 'auto'],
  ['stop', 'true'],
  ['freeze', 'auto'],
] as const)('ib-snapshot: quiesce %s, fingerprint-under-lock %s', (quiesce, underLock) => {
  const start = (_world: World, tools: ReturnType<World['tools']>): Promise<void> =>
    runBackup(tools, backupSettings(quiesce, underLock));

  test.each(portFaults)('%s at every call', async (fault) => {
    const calls = await callsOf(start, async () => {});
    expect(calls).toBeGreaterThan(10);
    for (let at = 1; at <= calls; at += 1) {
      points += 1;
      const world = new World();
      const where = `${fault}, call ${at}`;
      await outcome(start(world, world.tools(identity(1), new FaultyPorts(at, fault))));
      world.hosts.rows += 5;
      // Whatever happened, the source serves within the lease, without any help.
      world.clock.advance(121_000);
      expect([where, world.hosts.serves]).toEqual([where, true]);
      // The next attempt converges; a third changes nothing.
      expect([where, await outcome(start(world, world.tools(identity(1, 2))))]).toEqual([where, undefined]);
      const snapshots = world.compute.snapshots.size;
      expect([where, snapshots === 1 || snapshots === 2]).toEqual([where, true]);
      expect([
        where,
        [...world.compute.snapshots.values()].every((one) => /^\d{4}-\d\d-\d\d$/.test(one.tags.DeleteOn ?? '')),
      ]).toEqual([where, true]);
      world.compute.calls.length = 0;
      const receipts = JSON.stringify([...world.receipts.objects]);
      expect([where, await outcome(start(world, world.tools(identity(1, 3))))]).toEqual([where, undefined]);
      expect([where, world.compute.calls.filter((call) => call !== 'findInstances')]).toEqual([where, []]);
      expect([where, JSON.stringify([...world.receipts.objects]) === receipts]).toEqual([where, true]);
      expect([where, world.hosts.serves]).toEqual([where, true]);
    }
  });
});

describe('verify-volume', () => {
  const start = (_world: World, tools: ReturnType<World['tools']>): Promise<void> => runVerification(tools);
  const prepare = (world: World): Promise<void> => runBackup(world.tools(identity(1)));

  test.each(portFaults)('%s at every call', async (fault) => {
    const calls = await callsOf(start, prepare);
    expect(calls).toBeGreaterThan(20);
    for (let at = 1; at <= calls; at += 1) {
      points += 1;
      const world = new World();
      const where = `${fault}, call ${at}`;
      await prepare(world);
      await outcome(start(world, world.tools(identity(2), new FaultyPorts(at, fault))));
      const [snapshot] = [...world.compute.snapshots.values()];
      if (snapshot?.tags.Integrity !== undefined)
        expect([where, world.hosts.ran.includes('fingerprint')]).toEqual([where, true]);
      world.github.endRun(2, 'cancelled');
      expect([where, await outcome(start(world, world.tools(identity(3))))]).toEqual([where, undefined]);
      const after = [...world.compute.snapshots.values()][0];
      expect([where, after?.tags.Integrity, after?.tags.DBBackupValid]).toEqual([where, 'good', 'True']);
      expect([where, [...world.compute.volumes.keys()]]).toEqual([where, ['vol-data']]);
      expect([where, world.compute.instances.get('i-verify')?.state]).toEqual([where, 'stopped']);
      expect([where, world.compute.instances.get('i-verify')?.tags['holdfast:started-by']]).toEqual([where, undefined]);
      world.compute.calls.length = 0;
      expect([where, await outcome(start(world, world.tools(identity(4))))]).toEqual([where, undefined]);
      expect([where, world.compute.calls.filter((call) => call !== 'findInstances')]).toEqual([where, []]);
    }
  });

  test('a copy with other rows is bad, and its volume is gone all the same', async () => {
    const world = new World();
    await prepare(world);
    world.hosts.copyRows = 9;
    const facts: Partial<Findings> = {};
    const error = await outcome(runVerification(world.tools(identity(2)), (more) => Object.assign(facts, more)));
    expect((error as Error).message).toContain('is bad: 1 of');
    expect(facts.verdict).toBe('bad');
    expect([...world.compute.snapshots.values()][0]?.tags).toMatchObject({ Integrity: 'bad', DBBackupValid: 'False' });
    expect([...world.compute.volumes.keys()]).toEqual(['vol-data']);
  });

  test.each([
    [90, undefined, 'unproven'],
    [0, 'good', 'good'],
  ])('of a source that all changed, with compare-at-least %i: %s', async (compareAtLeast, tag, verdict) => {
    const world = new World();
    world.hosts.script = ({ script }) => {
      if (script === 'quiesce') world.hosts.rows += 5;
      return undefined;
    };
    await prepare(world);
    const facts: Partial<Findings> = {};
    const tools = world.tools(identity(2));
    const context = { ...tools, report: (more: Partial<Findings>) => Object.assign(facts, more) };
    const error = await outcome(verify({ ...verifySettings, compareAtLeast }, tools, context));
    expect((error as Error | undefined)?.message.includes('0 % of 15 rows compared exactly')).toBe(
      verdict === 'unproven' ? true : undefined,
    );
    expect([facts.verdict, facts.verification?.rows]).toEqual([verdict, { compared: '0', of: '15' }]);
    expect([...world.compute.snapshots.values()][0]?.tags.Integrity).toBe(tag);
  });

  test('a check that the host cannot make leaves the copy unproven, and the other checks are made', async () => {
    const world = new World();
    await prepare(world);
    world.hosts.script = ({ script }) => {
      if (script === 'definitions' || script === 'check-tables')
        throw new HostError({
          script,
          instanceId: 'i-verify',
          code: 'server-silent',
          message: 'it is silent',
          detail: 'why',
        });
    };
    const facts: Partial<Findings> = {};
    await outcome(runVerification(world.tools(identity(2)), (more) => Object.assign(facts, more)));
    expect(facts.verdict).toBe('unproven');
    const unproven = facts.verification?.checks.filter((check) => check.outcome === 'unproven').map(({ name }) => name);
    expect(unproven).toEqual(['definitions', 'tables checked']);
    expect(world.hosts.ran.slice(-3)).toEqual(['read-data', 'check-icm', 'release-copy']);
  });

  test('a source whose definitions cannot be read is backed up all the same, and its copy is proven without them', async () => {
    const world = new World();
    world.hosts.script = ({ script }) => {
      if (script === 'definitions')
        throw new HostError({ script, instanceId: 'i-source', code: 'no-objects', message: 'refused', detail: '' });
    };
    await prepare(world);
    const facts: Partial<Findings> = {};
    const error = await outcome(runVerification(world.tools(identity(2)), (more) => Object.assign(facts, more)));
    expect([error, facts.verdict]).toEqual([undefined, 'good']);
    expect(facts.verification?.checks.find(({ name }) => name === 'definitions')).toMatchObject({
      outcome: 'not-compared',
      detail: expect.stringContaining('none was compared: on the source they could not be read'),
    });
  });

  test("an agent that is offline gives no verdict, and the post step's clean-up is harmless", async () => {
    const world = new World();
    await prepare(world);
    world.hosts.offline = true;
    const facts: Partial<Findings> = {};
    await outcome(runVerification(world.tools(identity(2)), (more) => Object.assign(facts, more)));
    expect(facts.verdict).toBe('unproven');
    expect([...world.compute.snapshots.values()][0]?.tags.Integrity).toBe(undefined);
    const tools = world.tools(identity(2));
    await cleanUp(await world.compute.instance('i-verify'), verifySettings, tools, tools);
    expect(world.compute.instances.get('i-verify')?.state).toBe('stopped');
  });
});
