/** What must hold after a rehearsal of the PostgreSQL backup. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { DumpReceipt } from '../src/report/dump.ts';
import type { ObjectVersion } from './aws/s3/store.ts';
import type { Check } from './checks.ts';
import type { NamedFault } from './faults/named.ts';
import type { Lab } from './lab.ts';
import { bulkAddress, canaries } from './postgres/canaries.ts';

const bytesOf = (version: ObjectVersion): Buffer =>
  Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));

/**
 * @param runKey the run that is looked at
 * @param since how many series Datadog had before it
 */
export async function checkDump(lab: Lab, ends: NamedFault['ends'], runKey: string, since = 0): Promise<Check[]> {
  const checks: Check[] = [];
  const check = (holds: boolean, text: string): void => void checks.push({ holds, text });
  const receipts = Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
  const receipt = receipts.find((one) => one.kind === 'database-dump' && one.run.key === runKey);
  const bucket = lab.machines.s3.bucket(lab.machines.dumpBucket);
  const published = [...bucket.objects.values()]
    .flat()
    .filter((version) => version.metadata['holdfast-run'] === `${runKey}#1`);
  const valid = lab.datadog.series
    .slice(since)
    .filter((series) => series.metric === 'dump_valid')
    .flatMap((series) => series.points);
  const open = lab.github.state.issues.filter((issue) => issue.state === 'open');
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
  check(
    ends === 'good' ? open.length === 0 : open.length === 1,
    `open issues: ${open.map((issue) => `#${issue.number} ${issue.title}`).join('; ') || 'none'}`,
  );
  checks.push(...(await checkNothingLeft(lab)));
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
