/** What must hold after the dump of any engine: receipt, files, metric, issue, and nothing left behind. */
import { readdirSync } from 'node:fs';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import type { Lab } from '../lab.ts';
import type { ObjectVersion } from '../services/aws/s3/store.ts';
import { type Check, Checks } from './check.ts';
import { type Addresses, checkFile } from './dump-files.ts';
import type { Ending } from './fault.ts';

/** What differs between the jobs that dump. */
export interface DumpedJob {
  /** Number of files of one dump. */
  readonly files: number;
  /** The seeded addresses, which the anonymised file must not have. */
  readonly addresses: Addresses;
  readonly workDirectory: (lab: Lab) => string | undefined;
  /** Names of what restores have left on the scratch server. */
  readonly left: (lab: Lab) => Promise<readonly string[]>;
}

export interface DumpedRun {
  readonly key: string;
  readonly ends: Ending;
  readonly sources: readonly string[];
  /** How many series Datadog had received before the run. */
  readonly since: number;
}

/** Checks what a run has left of each source. */
export async function checkDumps(lab: Lab, job: DumpedJob, run: DumpedRun): Promise<Check[]> {
  const checks: Check[] = [];
  for (const source of run.sources) {
    const ofSource = await checkSource(lab, job, run, source);
    checks.push(...ofSource.map(({ holds, text }) => ({ holds, text: `${source}: ${text}` })));
  }
  return [...checks, checkIssue(lab, run.ends), ...(await checkNothingLeft(lab, job))];
}

/** What the metric `dump_valid` says; nothing of a dump that could not be tested. */
const verdictMetric: Readonly<Partial<Record<Ending, number>>> = { good: 1, bad: 0 };

async function checkSource(lab: Lab, job: DumpedJob, run: DumpedRun, source: string): Promise<Check[]> {
  const receipt = await receiptOf(lab, run.key, source);
  const files = filesOf(lab, run.key, source);
  const verdicts = verdictsSent(lab, run.since, source);
  if (run.ends === 'failed') return checkNoBackup(receipt, files, verdicts);
  const checks = new Checks();
  const proof = receipt?.proof.map((row) => `${row.kind} ${row.verdict}`).join(', ') ?? 'no receipt';
  checks.add(receipt?.verdict === run.ends, `the verdict in the receipt: ${receipt?.verdict ?? 'none'} (${proof})`);
  checks.add(files.length === job.files, `files of this run in the bucket: ${files.length}`);
  checks.add(
    verdicts.at(-1) === verdictMetric[run.ends],
    `Datadog received dump_valid ${verdicts.at(-1) ?? '(nothing)'}`,
  );
  if (run.ends !== 'good' || receipt === undefined) return checks.all;
  const { objects } = lab.aws.s3.bucket(lab.aws.dumpBucket);
  return [
    ...checks.all,
    ...receipt.files.flatMap((file) =>
      checkFile(
        file,
        objects.get(file.key)?.find((version) => version.versionId === file.versionId),
        job.addresses,
      ),
    ),
  ];
}

function checkNoBackup(
  receipt: DumpReceipt | undefined,
  files: readonly ObjectVersion[],
  verdicts: readonly number[],
): Check[] {
  const checks = new Checks();
  checks.add(
    receipt === undefined,
    receipt === undefined ? 'no receipt says that there is a backup' : `there is a receipt: ${receipt.state}`,
  );
  checks.add(files.length === 0, `files of this run in the bucket: ${files.length}`);
  checks.add(verdicts.length === 0, `Datadog received ${verdicts.length === 0 ? 'no verdict' : 'a verdict'}`);
  return checks.all;
}

/** The receipt of a run's dump of a source. */
export async function receiptOf(lab: Lab, key: string, source: string): Promise<DumpReceipt | undefined> {
  return Object.values(await lab.state.receipts())
    .map((text) => JSON.parse(text) as DumpReceipt)
    .find((one) => one.kind === 'database-dump' && one.run.key === key && one.source === source);
}

function filesOf(lab: Lab, key: string, source: string): ObjectVersion[] {
  return [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.values()]
    .flat()
    .filter(({ metadata, tags }) => metadata['holdfast-run'] === `${key}#1` && tags['holdfast:source'] === source);
}

/** What Datadog received of one source: several are dumped at a time. */
function verdictsSent(lab: Lab, since: number, source: string): number[] {
  return lab.datadog.series
    .slice(since)
    .filter((series) => series.metric === 'dump_valid' && series.tags.includes(`source:${source}`))
    .flatMap((series) => series.points.map((point) => point.value));
}

function checkIssue(lab: Lab, ends: Ending): Check {
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  return {
    holds: open.length === (ends === 'good' ? 0 : 1),
    text: `open issues: ${open.map((issue) => `#${issue.number} ${issue.title}`).join('; ') || 'none'}`,
  };
}

/** A run that is over leaves no upload, no draft and nothing on the scratch server. */
async function checkNothingLeft(lab: Lab, job: DumpedJob): Promise<Check[]> {
  const uploads = lab.aws.s3.bucket(lab.aws.dumpBucket).uploads.size;
  const receipts = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
  const drafts = receipts.filter((receipt) => receipt.state === 'draft').length;
  const left = await job.left(lab);
  const checks = new Checks();
  checks.add(uploads === 0, `unfinished uploads: ${uploads}`);
  checks.add(drafts === 0, `receipts that are still drafts: ${drafts}`);
  const work = readdirSync(job.workDirectory(lab) ?? '/nowhere').filter((name) => name.startsWith('holdfast-'));
  checks.add(work.length === 0, `left in the work directory: ${work.join(', ') || 'nothing'}`);
  checks.add(left.length === 0, `left on the scratch server: ${left.join(', ') || 'nothing'}`);
  return checks.all;
}
