import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { rehearse } from '../../../lab/cli/rehearse.ts';
import { paint } from '../../../lab/cli/terminal/paint.ts';
import { verification } from '../../../lab/hosts/pair.ts';
import type { Lab } from '../../../lab/lab.ts';
import { override } from '../../../lab/rehearsals/fault.ts';
import { namedFault } from '../../../lab/rehearsals/jobs.ts';
import type { Outcome } from '../../../lab/runner/result.ts';
import type { RunHandle, RunResult } from '../../../lab/runner/runner.ts';
import { GitHubState } from '../../../lab/services/github/state.ts';

/** What one simulated run leaves behind. */
interface Aftermath {
  conclusion: Outcome;
  tags: Record<string, string>;
  metric?: number;
  openIssue?: boolean;
  volumes?: string[];
  killed?: boolean;
}

const good: Aftermath = { conclusion: 'success', tags: { Integrity: 'good', DBBackupValid: 'True' }, metric: 1 };
const bad: Aftermath = {
  conclusion: 'failure',
  tags: { Integrity: 'bad', DBBackupValid: 'False' },
  metric: 0,
  openIssue: true,
};

const directory = mkdtempSync(join(tmpdir(), 'holdfast-rehearsal-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A lab whose runs end as given, one after the other. It runs nothing, and only records the faults. */
function simulatedLab(runs: Aftermath[]): { lab: Lab; arranged: string[] } {
  const state = new GitHubState({ owner: 'acme', name: 'backups', ownerId: 1, id: 2 });
  const arranged: string[] = [];
  const series: { metric: string; points: { value: number }[] }[] = [];
  let last: { run: string; after: Aftermath } | undefined;
  const faults = { kill: () => {} };
  const start = async (): Promise<RunHandle> => {
    const after = runs.shift();
    if (!after) throw new Error('there is no further run');
    const id = 100 - runs.length;
    last = { run: `acme/backups/actions/runs/${id}`, after };
    if (after.metric !== undefined)
      series.push({ metric: 'infobright_backup_valid', points: [{ value: after.metric }] });
    state.issues.splice(0);
    if (after.openIssue) {
      const dates = { createdAt: '', updatedAt: '', closedAt: null };
      state.issues.push({
        number: 1,
        title: 'Bad',
        body: '',
        state: 'open',
        stateReason: null,
        labels: [],
        comments: [],
        author: '',
        ...dates,
      });
    }
    const result = {
      id,
      attempt: 1,
      conclusion: after.conclusion,
      jobs: [],
      summary: '# Summary',
      summaryPath: '/summary',
      seconds: 1,
    } as unknown as RunResult;
    const finished = new Promise<RunResult>((resolve) =>
      setTimeout(() => {
        if (after.killed) faults.kill();
        resolve(result);
      }, 1),
    );
    return { id, finished, cancel: () => {}, killRunner: () => {} };
  };
  const lab = {
    directory,
    faults,
    github: { state },
    datadog: { series },
    log: { path: '/calls', records: [] },
    hosts: { sourceAnswers: async () => true },
    state: {
      snapshots: async () => [{ id: 'snap-1', tags: { 'holdfast:run': last?.run, ...last?.after.tags } }],
      volumes: async () =>
        (last?.after.volumes ?? []).map((id) => ({ id, tags: { 'holdfast:made-by': 'verify-volume' } })),
      instances: async () => ({ [verification.id]: 'stopped' }),
      receipts: async () => ({}),
    },
    arrange: (fault: { name: string }) => arranged.push(fault.name),
    clearFaults: () => arranged.push('cleared'),
    start,
    runWorkflow: async () => (await start()).finished,
  };
  return { lab: lab as unknown as Lab, arranged };
}

async function run(aftermaths: Aftermath[], fault?: string, followUp = false) {
  const { lab, arranged } = simulatedLab(aftermaths);
  const printed: string[] = [];
  const options = { workflow: 'infobright-backup', fault, inputs: {}, followUp, paint: paint(false), width: 80 };
  const status = await rehearse(lab, { ...options, print: (text) => printed.push(text) });
  return { status, printed: printed.join('\n'), arranged };
}

test('a good run exits 0 and prints each check', async () => {
  const { status, printed } = await run([good]);
  expect(status).toBe(0);
  expect(printed).toContain('✓ snapshot snap-1 has the tags Integrity=good, DBBackupValid=True');
  expect(printed).toContain('✓ Datadog received infobright_backup_valid 1');
  expect(printed).not.toContain('✗');
});

test.each<[string, Aftermath, string]>([
  ['without its tags', { ...good, tags: {} }, '✗ snapshot snap-1 has the tags Integrity=—'],
  [
    'without its metric',
    { conclusion: 'success', tags: good.tags },
    '✗ Datadog received infobright_backup_valid (nothing)',
  ],
  ['that leaves a volume', { ...good, volumes: ['vol-9'] }, '✗ volumes are left: vol-9'],
])('a successful run %s exits 1', async (_, aftermath, line) => {
  const { status, printed } = await run([aftermath]);
  expect(status).toBe(1);
  expect(printed).toContain(line);
});

test('a bad backup exits 1 even when every check holds; the follow-up clears the fault and exits 0', async () => {
  const faulty = await run([bad], 'wrong-rows');
  expect(faulty).toMatchObject({ status: 1, arranged: ['wrong-rows'] });
  expect(faulty.printed).not.toContain('✗');
  expect(await run([bad, good], 'wrong-rows', true)).toMatchObject({ status: 0, arranged: ['wrong-rows', 'cleared'] });
  expect((await run([good, good], 'wrong-rows', true)).status).toBe(1);
});

test('an unproven run must leave no verdict', async () => {
  const unproven: Aftermath = { conclusion: 'failure', tags: {}, openIssue: true };
  expect((await run([unproven], 'agent-offline')).printed).not.toContain('✗');
  expect((await run([bad], 'agent-offline')).printed).toContain('✗ snapshot snap-1 has the tag Integrity=bad');
});

test('a runner killed in the pause: the source comes back, the next run succeeds, exit 0', async () => {
  const killed: Aftermath = { conclusion: 'failure', tags: {}, killed: true };
  const { status, printed } = await run([killed, good], 'runner-killed-in-pause');
  expect(status).toBe(0);
  expect(printed).toMatch(/✓ the lease brought ib01\.prod back: it answered \d+\.\d s after the kill/);
  const spared = await run([{ ...killed, killed: false }], 'runner-killed-in-pause');
  expect(spared).toMatchObject({ status: 1 });
  expect(spared.printed).toContain('nothing was killed');
});

test('receipts of two sources of one run are both kept', async () => {
  const { lab } = simulatedLab([good]);
  const key = (source: string): string => `receipts/${source}/100.json`;
  lab.state.receipts = async () => ({ [key('one.prod')]: '{"source":"one.prod"}', [key('two.prod')]: '{}' });
  const options = { workflow: 'x.yml', fault: undefined, inputs: {}, followUp: false, paint: paint(false), width: 80 };
  await rehearse(lab, { ...options, print: () => {} });
  expect(readFileSync(join(directory, 'receipt-one.prod-100.json'), 'utf8')).toBe('{"source":"one.prod"}');
  expect(readFileSync(join(directory, 'receipt-two.prod-100.json'), 'utf8')).toBe('{}');
});

test('tags that a fault has changed are restored when it is cleared', () => {
  const tagged = (...tags: [string, string][]) => ({ tags: new Map(tags) });
  const world = {
    instances: new Map(Object.entries({ a: tagged(['Name', 'a']), b: tagged(['Copy_Dest', 'us-east-1']) })),
    snapshots: new Map(Object.entries({ c: tagged(['DeleteOn', '2030-01-01']), d: tagged() })),
  };
  const before = structuredClone(world);
  const lab = { aws: { ec2: { world: () => world } } } as unknown as Lab;
  for (const name of ['bad-tags', 'everything-due']) {
    const undo = namedFault(name).arrange(lab);
    expect(world).not.toEqual(before);
    undo();
    expect(world).toEqual(before);
  }
});

test('what a fault sets is set back when it is cleared', () => {
  const target = { value: 'before' };
  const undo = override(target, 'value', 'meanwhile');
  expect(target.value).toBe('meanwhile');
  undo();
  expect(target.value).toBe('before');
});
