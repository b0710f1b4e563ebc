/** One run of the rotation's story on the estate lab, as a process would make it. */
import { type Findings, run, type Tools, type Wishes } from '../../src/actions/ebs-rotate/run.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { FakeLogger } from './clock.ts';
import type { EstateLab } from './ec2-region-lab.ts';
import { FakeFreezer, FakeHooks } from './rest.ts';

export const wishes: Wishes = {
  region: 'us-east-1',
  parts: ['create', 'copy', 'expire'],
  retention: { days: 7, weeks: 0, months: 0 },
  compareRetention: undefined,
  everyHours: 24,
  slot: '',
  timeZone: 'UTC',
  kmsKeys: {},
  maxCopies: 20,
  copyWaitSeconds: 0,
  maxPauseSeconds: 30,
  documentSeconds: 30,
  maxExpiryShare: 50,
  allowMassExpiry: false,
  price: 0.05,
  dryRun: false,
};

export interface Hands {
  readonly freezer: FakeFreezer;
  readonly hooks: FakeHooks;
}

export function hands(lab: EstateLab): Hands {
  return { freezer: new FakeFreezer(lab.time), hooks: new FakeHooks(lab.time) };
}

export interface Rotated {
  readonly error: unknown;
  readonly found: Partial<Findings>;
  readonly logger: FakeLogger;
}

let next = 1;

/** @param change wraps the ports, for tests that disturb them */
export async function rotate(
  lab: EstateLab,
  { freezer, hooks }: Hands,
  more: Partial<Wishes> = {},
  change: (tools: Tools) => Tools = (tools) => tools,
): Promise<Rotated> {
  const logger = new FakeLogger();
  const id = String(next++);
  const all: Wishes = { ...wishes, ...more };
  let found: Partial<Findings> = {};
  const tools: Tools = change({
    estates: lab.estates(all.region, logger),
    hosts: freezer,
    hooks,
    clock: lab.time,
    logger,
    timeline: new Timeline(lab.time, logger),
    signal: new AbortController().signal,
    run: { key: `acme/backups/actions/runs/${id}`, url: `https://github.example/${id}`, id, attempt: 1 },
    random: () => 0.5,
    remember: () => {},
    forget: () => {},
    found: (facts) => {
      found = { ...found, ...facts };
    },
  });
  try {
    await run(all, tools);
    return { error: undefined, found, logger };
  } catch (error) {
    return { error, found, logger };
  }
}
