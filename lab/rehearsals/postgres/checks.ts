/** What must hold after a PostgreSQL backup: receipt, files, metric, issue, and nothing left behind. */
import { readdirSync } from 'node:fs';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { Lab } from '../../lab.ts';
import type { ObjectVersion } from '../../services/aws/s3/store.ts';
import { type Check, Checks } from '../check.ts';
import type { Ending } from '../fault.ts';
import { checkFile } from './file-checks.ts';

/** The databases that the lab's repository backs up: one and the same, dumped from the runner and on its host. */
export const dumpedSources = ['infinite.prod', 'infinite.host'] as const;

export interface DumpCheckOptions {
  /** How many series Datadog had received before the run; default 0. */
  readonly since?: number;
  /** Default: the first of them. */
  readonly sources?: readonly string[];
}

/** Checks what the run `runKey` has left of each source. */
export async function checkDump(
  lab: Lab,
  ends: Ending,
  runKey: string,
  { since = 0, sources = dumpedSources.slice(0, 1) }: DumpCheckOptions = {},
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const source of sources) {
    const ofSource = await checkSource(lab, ends, { runKey, source, since });
    checks.push(...ofSource.map(({ holds, text }) => ({ holds, text: `${source}: ${text}` })));
  }
  checks.push(checkIssue(lab, ends));
  if (sources.includes('infinite.host')) checks.push(await checkHost(lab));
  checks.push(...(await checkNothingLeft(lab)));
  return checks;
}

interface SourceOfRun {
  readonly runKey: string;
  readonly source: string;
  readonly since: number;
}

/** What the metric `dump_valid` says; nothing of a dump that could not be tested. */
const verdictMetric: Readonly<Partial<Record<Ending, number>>> = { good: 1, bad: 0 };

async function checkSource(lab: Lab, ends: Ending, one: SourceOfRun): Promise<Check[]> {
  const receipt = await receiptOf(lab, one);
  const files = filesOf(lab, one);
  const verdicts = verdictsSent(lab, one.since);
  if (ends === 'failed') return checkNoBackup(receipt, files, verdicts);
  const checks = new Checks();
  const proof = receipt?.proof.map((row) => `${row.kind} ${row.verdict}`).join(', ') ?? 'no receipt';
  checks.add(receipt?.verdict === ends, `the verdict in the receipt: ${receipt?.verdict ?? 'none'} (${proof})`);
  checks.add(files.length === 3, `files of this run in the bucket: ${files.length}`);
  checks.add(verdicts.at(-1) === verdictMetric[ends], `Datadog received dump_valid ${verdicts.at(-1) ?? '(nothing)'}`);
  if (ends !== 'good' || receipt === undefined) return checks.all;
  const { objects } = lab.aws.s3.bucket(lab.aws.dumpBucket);
  return [
    ...checks.all,
    ...receipt.files.flatMap((file) =>
      checkFile(
        file,
        objects.get(file.key)?.find((version) => version.versionId === file.versionId),
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

async function receiptOf(lab: Lab, { runKey, source }: SourceOfRun): Promise<DumpReceipt | undefined> {
  return Object.values(await lab.state.receipts())
    .map((text) => JSON.parse(text) as DumpReceipt)
    .find((one) => one.kind === 'database-dump' && one.run.key === runKey && one.source === source);
}

function filesOf(lab: Lab, { runKey, source }: SourceOfRun): ObjectVersion[] {
  return [...lab.aws.s3.bucket(lab.aws.dumpBucket).objects.values()]
    .flat()
    .filter(({ metadata, tags }) => metadata['holdfast-run'] === `${runKey}#1` && tags['holdfast:source'] === source);
}

function verdictsSent(lab: Lab, since: number): number[] {
  return lab.datadog.series
    .slice(since)
    .filter((series) => series.metric === 'dump_valid')
    .flatMap((series) => series.points.map((point) => point.value));
}

function checkIssue(lab: Lab, ends: Ending): Check {
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  return {
    holds: open.length === (ends === 'good' ? 0 : 1),
    text: `open issues: ${open.map((issue) => `#${issue.number} ${issue.title}`).join('; ') || 'none'}`,
  };
}

/** The host keeps archives under their names, and nothing else of a dump. */
async function checkHost(lab: Lab): Promise<Check> {
  const { stdout } = await lab.hosts.runOnSource(`#!/bin/bash
cd /var/backups/holdfast/infinite-host && find . -type f | sort
ls /run/holdfast/dumps
systemctl list-units --plain --no-legend "holdfast-dump-*"
`);
  const lines = stdout.split('\n').filter((line) => line !== '' && line !== 'lock');
  const archives = lines.filter((line) => /^\.\/infinite-host-\d{8}T\d{6}Z\.dump$/.test(line));
  return {
    holds: archives.length > 0 && archives.length === lines.length,
    text: `on the host: ${lines.join(', ') || 'nothing'}`,
  };
}

/** A run that is over leaves no upload, no draft and no scratch database. */
async function checkNothingLeft(lab: Lab): Promise<Check[]> {
  const uploads = lab.aws.s3.bucket(lab.aws.dumpBucket).uploads.size;
  const receipts = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
  const drafts = receipts.filter((receipt) => receipt.state === 'draft').length;
  const count = async (sql: string): Promise<string> => (await lab.databases?.scratch.sql(sql)) ?? '';
  const databases = await count(`SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast%'`);
  const roles = await count(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'holdfast%'`);
  const checks = new Checks();
  checks.add(uploads === 0, `unfinished uploads: ${uploads}`);
  checks.add(drafts === 0, `receipts that are still drafts: ${drafts}`);
  const servers = readdirSync(lab.databases?.workDirectory ?? '/nowhere').filter((name) =>
    name.startsWith('holdfast-'),
  );
  checks.add(servers.length === 0, `left in the work directory: ${servers.join(', ') || 'nothing'}`);
  checks.add(databases === '0' && roles === '0', `scratch databases and roles left: ${databases} and ${roles}`);
  return checks.all;
}
