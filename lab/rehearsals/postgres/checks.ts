/** What must hold after a rehearsal of the PostgreSQL backup. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { Lab } from '../../lab.ts';
import type { ObjectVersion } from '../../services/aws/s3/store.ts';
import type { NamedFault } from '../faults.ts';
import type { Check } from '../infobright/checks.ts';
import { bulkAddress, canaries } from './canaries.ts';

const bytesOf = (version: ObjectVersion): Buffer =>
  Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));

/** What the lab's repository backs up: the same database, reached from the runner and on its host. */
export const dumpedSources = ['infinite.prod', 'infinite.host'] as const;

/**
 * @param runKey the run that is looked at
 * @param since how many series Datadog had before it
 */
export async function checkDump(
  lab: Lab,
  ends: NamedFault['ends'],
  runKey: string,
  { since = 0, sources = ['infinite.prod'] }: { readonly since?: number; readonly sources?: readonly string[] } = {},
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const source of sources) checks.push(...(await checkSource(lab, ends, runKey, source, since)));
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
  checks.push({
    holds: ends === 'good' ? open.length === 0 : open.length === 1,
    text: `open issues: ${open.map((issue) => `#${issue.number} ${issue.title}`).join('; ') || 'none'}`,
  });
  if (sources.includes('infinite.host')) checks.push(await checkHost(lab));
  checks.push(...(await checkNothingLeft(lab)));
  return checks;
}

/** The host keeps the archive under its name, and nothing else of the dump. */
async function checkHost(lab: Lab): Promise<Check> {
  const { stdout: list } = await lab.machines.runOnSource(
    '#!/bin/bash\ncd /var/backups/holdfast/infinite-host && find . -type f | sort; ls /run/holdfast/dumps; systemctl list-units --plain --no-legend "holdfast-dump-*"\n',
  );
  const lines = list.split('\n').filter((line) => line !== '' && line !== 'lock');
  const kept = lines.filter((line) => /^\.\/infinite-host-\d{8}T\d{6}Z\.dump$/.test(line));
  return {
    holds: kept.length > 0 && kept.length === lines.length,
    text: `on the host: ${lines.join(', ') || 'nothing'}`,
  };
}

async function checkSource(
  lab: Lab,
  ends: NamedFault['ends'],
  runKey: string,
  source: string,
  since: number,
): Promise<Check[]> {
  const checks: Check[] = [];
  const check = (holds: boolean, text: string): void => void checks.push({ holds, text });
  const receipts = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
  const receipt = receipts.find(
    (one) => one.kind === 'database-dump' && one.run.key === runKey && one.source === source,
  );
  const bucket = lab.machines.s3.bucket(lab.machines.dumpBucket);
  const published = [...bucket.objects.values()]
    .flat()
    .filter(
      (version) => version.metadata['holdfast-run'] === `${runKey}#1` && version.tags['holdfast:source'] === source,
    );
  const valid = lab.datadog.series
    .slice(since)
    .filter((series) => series.metric === 'dump_valid')
    .flatMap((series) => series.points);
  if (ends === 'red') {
    check(
      receipt === undefined,
      receipt === undefined ? 'no receipt says that there is a backup' : `there is a receipt: ${receipt.state}`,
    );
    check(published.length === 0, `files of this run in the bucket: ${published.length}`);
    check(valid.length === 0, `Datadog received ${valid.length === 0 ? 'no verdict' : 'a verdict'}`);
  } else {
    const found = receipt?.proof.map((row) => `${row.kind} ${row.verdict}`).join(', ') ?? 'no receipt';
    check(receipt?.verdict === ends, `the receipt says ${receipt?.verdict ?? 'nothing'} (${found})`);
    check(published.length === 3, `files of this run in the bucket: ${published.length}`);
    check(
      valid.at(-1)?.value === (ends === 'good' ? 1 : 0),
      `Datadog received dump_valid ${valid.at(-1)?.value ?? '(nothing)'}`,
    );
  }
  if (ends === 'good' && receipt) checks.push(...checkFiles(bucket.objects, receipt));
  return checks;
}

/** The files are what the receipt says, and the anonymised one tells of nobody. */
function checkFiles(objects: ReadonlyMap<string, ObjectVersion[]>, receipt: DumpReceipt): Check[] {
  const checks: Check[] = [];
  for (const file of receipt.files) {
    const version = objects.get(file.key)?.find((one) => one.versionId === file.versionId);
    const digest = version ? createHash('sha256').update(bytesOf(version)).digest('hex') : 'nothing';
    const tag = version?.tags['holdfast:verdict'];
    checks.push({
      holds: digest === file.sha256 && tag === 'good',
      text: `${file.key}: SHA-256 ${digest === file.sha256 ? 'as in the receipt' : 'differs'}, tagged ${tag ?? 'with nothing'}`,
    });
    if (version === undefined || file.kind === 'archive') continue;
    const sql = gunzipSync(bytesOf(version)).toString('utf8');
    const survivors = canaries.filter(({ written }) => written.some((text) => sql.includes(text))).length;
    const bulk = bulkAddress.test(sql);
    const anonymised = file.kind === 'anonymised';
    checks.push({
      holds: anonymised ? survivors === 0 && !bulk : survivors > 0 && bulk,
      text: anonymised
        ? `of ${canaries.length} planted addresses ${survivors} survive in the anonymised file`
        : `of ${canaries.length} planted addresses ${survivors} stand in the plain file`,
    });
  }
  return checks;
}

/** Nothing of a run that is over stays but what its receipt describes. */
async function checkNothingLeft(lab: Lab): Promise<Check[]> {
  const { databases, dumpBucket, s3 } = lab.machines;
  const uploads = s3.bucket(dumpBucket).uploads.size;
  const drafts = Object.values(await lab.state.receipts()).filter((text) => JSON.parse(text).state === 'draft').length;
  const count = async (sql: string): Promise<string> => (await databases?.scratch.sql(sql)) ?? '';
  const left = await count(`SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast%'`);
  const roles = await count(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'holdfast%'`);
  return [
    { holds: uploads === 0, text: `unfinished uploads: ${uploads}` },
    { holds: drafts === 0, text: `drafts of receipts: ${drafts}` },
    { holds: left === '0' && roles === '0', text: `scratch databases and roles: ${left} and ${roles}` },
  ];
}
