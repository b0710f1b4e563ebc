/** ib-snapshot and verify-volume, as their actions run them, on hosts of the lab. */
import { inputs as snapshotInputs } from '../../../src/actions/ib-snapshot/inputs.ts';
import { hostParameters } from '../../../src/actions/ib-snapshot/ports.ts';
import { type Backup, followCourse } from '../../../src/actions/ib-snapshot/snapshot.ts';
import { inputs as proofInputs } from '../../../src/actions/verify-volume/inputs.ts';
import type { Findings } from '../../../src/actions/verify-volume/ports.ts';
import { verify } from '../../../src/actions/verify-volume/verify.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import type { CheckResult } from '../../../src/domain/verification.ts';
import type { Hosts } from '../../../src/ports/hosts.ts';
import type { Receipts } from '../../../src/ports/receipts.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { BackupError, renderError } from '../../../src/runtime/errors.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import { Timeline } from '../../../src/runtime/timeline.ts';
import { dataVolumeId, source, verification } from '../../hosts/pair.ts';
import type { StorageCompute } from './compute.ts';

const silent = (): void => {};
const quiet: Logger = { debug: silent, info: silent, warning: silent, error: silent, group: (_, run) => run() };

let runs = 0;

/** Each run of an action has a number of its own: it names the pause on the host. */
function context<T>(report: (findings: Partial<T>) => void) {
  runs += 1;
  const id = String(process.pid * 10_000 + runs);
  const run = { key: `lab/mutants/actions/runs/${id}`, url: `https://example.com/${id}`, id, attempt: 1 };
  const signal = new AbortController().signal;
  const timeline = new Timeline(systemClock, quiet);
  return { clock: systemClock, logger: quiet, timeline, signal, run, report, job: 'the-only-one' };
}

/** Nothing but the answers of the actions is looked at. */
const receipts: Receipts = { read: async () => undefined, write: async () => ({ etag: '1', location: 'nowhere' }) };
const otherRuns = { state: async () => 'over' as const };
const common = { 'aws-region': 'us-east-1', source: source.name, 'receipt-bucket': 'mutants' };
const reader =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string =>
    ({ ...common, ...values })[name] ?? '';

/** How a backup is taken: inputs of ib-snapshot. */
export type Manner = Readonly<Record<'quiesce' | 'fingerprint' | 'fingerprint-under-lock', string>>;

/**
 * How backups are taken whose receipts a changed copy is compared with. Copies
 * are made of the first snapshot with freeze, and of the first with stop.
 */
export const allManners: readonly Manner[] = [
  { quiesce: 'freeze', fingerprint: 'auto', 'fingerprint-under-lock': 'true' },
  { quiesce: 'freeze', fingerprint: 'aggregates', 'fingerprint-under-lock': 'true' },
  { quiesce: 'stop', fingerprint: 'auto', 'fingerprint-under-lock': 'false' },
  { quiesce: 'stop', fingerprint: 'aggregates', 'fingerprint-under-lock': 'false' },
  { quiesce: 'stop', fingerprint: 'auto', 'fingerprint-under-lock': 'true' },
];

/** Backs the source up. @returns the snapshot and its receipt */
export async function takeBackup(manner: Manner, hosts: Hosts, compute: StorageCompute): Promise<Backup> {
  const settings = snapshotInputs.parse(reader({ instance: source.id, 'max-pause': '5m', ...manner }));
  const parameters = hostParameters(settings);
  const inspection = await hosts.run(source.id, { script: 'inspect', parameters, timeoutSeconds: 60 });
  if (!inspection.volumeIds.includes(dataVolumeId)) throw new Error(`the host names ${inspection.volumeIds.join()}`);
  const instance = await compute.instance(source.id);
  const ports = { compute, hosts, receipts, runs: otherRuns, remember: silent, forget: silent };
  const work = { settings, ports, context: context(silent), instance, inspection, key: 'receipts/mutants.json' };
  return followCourse({ kind: 'take' }, work);
}

export interface Proof {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** Why there is no check, when there is none. */
  readonly obstacle: string | undefined;
}

/** Restores a snapshot and proves it. @returns what the action found; damage is no error */
export async function proveBackup(
  { snapshot, receipt }: Backup,
  hosts: Hosts,
  compute: StorageCompute,
): Promise<Proof> {
  const settings = proofInputs.parse(reader({ instance: verification.id }));
  let found: Partial<Findings> = {};
  const report = (findings: Partial<Findings>): void => {
    found = { ...found, ...findings };
  };
  const ports = { compute, cleanupCompute: compute, hosts, receipts, runs: otherRuns, remember: silent };
  const choice = { snapshot, receipt, receiptKey: 'receipts/mutants.json', isCopy: false };
  let obstacle: string | undefined;
  try {
    await verify(choice, await compute.instance(verification.id), settings, ports, context(report));
  } catch (error) {
    if (!(error instanceof BackupError) || found.verification === undefined) obstacle = renderError(error);
  }
  return { verdict: found.verdict ?? 'unproven', checks: found.verification?.checks ?? [], obstacle };
}
