/** db-dump on a real PostgreSQL and the lab's S3. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { canaries } from '../../lab/rehearsals/postgres/sample/canaries.ts';
import { unpack } from '../../src/adapters/databases/archive.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { bucket, type DumpUnderTest, startDumpUnderTest } from './support-dump.ts';

let it: DumpUnderTest;
beforeAll(async () => {
  ensurePrerequisites();
  it = await startDumpUnderTest(5);
}, 120_000);
afterAll(() => it.stop());

const bytes = async (key: string, versionId?: string): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of it.objects.read({ bucket, key, versionId })) parts.push(part);
  return Buffer.concat(parts);
};
const receipts = async (): Promise<DumpReceipt[]> => {
  const keys = (await it.objects.list(bucket, 'receipts/shop.prod/dump-')).map((one) => one.key);
  return Promise.all(
    keys.map(async (key) => JSON.parse((await it.objects.text({ bucket, key })) ?? '') as DumpReceipt),
  );
};
/** What a dead run may leave; after the next run nothing of it is there. */
const leftovers = async () => ({
  uploads: (await it.objects.unfinished(bucket, '')).length,
  drafts: (await receipts()).filter((one) => one.state === 'draft').length,
  databases: await it.postgres.sql(`SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast%'`),
  roles: await it.postgres.sql(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'holdfast%'`),
  sessions: await sessionsLeft(),
});
/** Of clients; the server takes a moment to end one. */
async function sessionsLeft(): Promise<string> {
  const ask = `SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND backend_type = 'client backend'`;
  let left = await it.postgres.sql(ask);
  for (let tries = 0; left !== '0' && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await it.postgres.sql(ask);
  }
  return left;
}
const nothing = { uploads: 0, drafts: 0, databases: '0', roles: '0', sessions: '0' };

describe('a dump', () => {
  test('is three files and a receipt that agree, proven by restore', async () => {
    const { findings, error } = await it.dump(1);
    expect(error).toBeUndefined();
    expect(findings.verdict).toBe('good');
    const [receipt] = await receipts();
    expect(receipt?.proof.map(({ kind, verdict, findings }) => [kind, verdict, findings])).toEqual([
      ['archive', 'good', []],
      ['plain', 'good', []],
      ['anonymised', 'good', []],
    ]);
    expect(receipt?.proof.every((row) => row.compared > 25)).toBe(true);
    const plain = gunzipSync(await bytes('db/shop-prod.gz')).toString('utf8');
    const anonymised = gunzipSync(await bytes('db/shop-prod.anon.gz')).toString('utf8');
    expect(plain).toContain('-- PostgreSQL database dump complete');
    expect(plain).not.toMatch(/^ALTER .* OWNER TO|^GRANT /m);
    for (const { written } of canaries) for (const text of written) expect(anonymised).not.toContain(text);
    expect(canaries.some(({ written }) => written.some((text) => plain.includes(text)))).toBe(true);
    expect(await leftovers()).toEqual(nothing);
    expect(findings.dump?.warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('no lifecycle rule of receipts-test covers db/shop-prod')]),
    );
  }, 60_000);

  test('reports what changed since the last good one', async () => {
    await it.postgres.sql('CREATE TABLE infinite.more AS SELECT generate_series(1, 20000) AS n', 'shop');
    await it.postgres.sql('DELETE FROM infinite.newsletter', 'shop');
    const { findings, error } = await it.dump(2, { files: 'archive', prove: 'archive' });
    expect(error).toBeUndefined();
    expect(findings.dump?.warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/^rows of infinite\.newsletter: [\d,]+ before, 0 now$/)]),
    );
    expect(findings.dump?.before).toBe((await receipts())[0]?.takenAt);
    await it.postgres.sql('DROP TABLE infinite.more', 'shop');
  }, 60_000);

  test('changes nothing in a dry run', async () => {
    const before = (await it.objects.versions(bucket, '')).length;
    const { findings } = await it.dump(3, { 'dry-run': 'true' });
    expect(findings.outcome).toBe('dry-run');
    expect(findings.plan?.map((one) => one.decision)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^dump shop on 127\.0\.0\.1:\d+ with pg_dump \d+\.\d+$/)]),
    );
    expect((await it.objects.versions(bucket, '')).length).toBe(before);
  });

  test('with dated keys keeps the newest, and the last proven one', async () => {
    const dated = { 'keep-as': 'dated', keep: '2', files: 'archive', name: 'dated', source: 'dated' };
    for (const id of [11, 12, 13]) {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect((await it.dump(id, { ...dated, prove: 'archive' })).error).toBeUndefined();
    }
    expect((await it.objects.list(bucket, 'db/dated/')).length).toBe(2);
    expect((await it.objects.list(bucket, 'receipts/dated/')).length).toBe(2);
    // What is deleted is gone, and not only hidden.
    expect(await it.objects.versions(bucket, 'db/dated/')).toHaveLength(2);
  }, 60_000);
});

describe('what fails', () => {
  const published = async (): Promise<number> => (await it.objects.versions(bucket, 'db/')).length;

  test('a locked table ends the dump in time, which leaves nothing', async () => {
    const before = await published();
    const locked = it.postgres.sql(
      'BEGIN; LOCK TABLE infinite.users IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3600);',
      'shop',
    );
    locked.catch(() => {});
    const holder = `FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND wait_event = 'PgSleep'`;
    while ((await it.postgres.sql(`SELECT pid ${holder}`)) === '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    const { error } = await it.dump(21);
    expect(error).toMatchObject({
      code: 'locked',
      what: expect.stringContaining('ERROR:  canceling statement due to lock timeout'),
    });
    await it.postgres.sql(`SELECT pg_terminate_backend(pid) ${holder}`);
    await expect(locked).rejects.toThrow(/terminat/);
    expect(await published()).toBe(before);
    expect(await leftovers()).toEqual(nothing);
  }, 60_000);

  test('a broken upload is retried; one that stays broken fails the dump', async () => {
    const before = await published();
    it.lab.faults.add({ name: 'cut', endpoint: 's3', operation: 'UploadPart', times: 2, effect: { kind: 'cut-body' } });
    expect((await it.dump(22, { files: 'archive', prove: 'none' })).error).toBeUndefined();
    expect(await published()).toBe(before + 1);
    it.lab.faults.clear();
    const effect = { kind: 'refuse', code: 'InternalError', message: 'no', status: 500 } as const;
    it.lab.faults.add({ name: 'no', endpoint: 's3', operation: 'UploadPart', times: 99, effect });
    const { error } = await it.dump(23, { files: 'archive', prove: 'none' });
    expect(error).toMatchObject({ operation: 'UploadPart', code: 'InternalError' });
    it.lab.faults.clear();
    expect(await published()).toBe(before + 1);
    expect(await leftovers()).toEqual(nothing);
  }, 60_000);

  test('a download that breaks off is resumed where it broke', async () => {
    it.lab.faults.add({
      name: 'cut',
      endpoint: 's3',
      operation: 'GetObject',
      from: 4,
      times: 2,
      effect: { kind: 'cut-body' },
    });
    const { error, findings } = await it.dump(24, { files: 'archive', prove: 'archive' });
    it.lab.faults.clear();
    expect(error).toBeUndefined();
    expect(findings.verdict).toBe('good');
  }, 60_000);

  test('a file that cannot be fetched is unproven, not bad', async () => {
    const { lab } = it;
    lab.faults.add({
      name: 'no answer',
      endpoint: 's3',
      operation: 'GetObject',
      when: (parameters) => (parameters as { Key: string }).Key.endsWith('.dump'),
      effect: { kind: 'refuse', code: 'InternalError', message: 'no', status: 500 },
      times: 99,
    });
    const second = await it.dump(26, { files: 'archive', prove: 'archive' });
    lab.faults.clear();
    expect(second.findings.verdict).toBe('unproven');
    expect(await leftovers()).toEqual(nothing);
  }, 90_000);

  test('a run that is cancelled leaves nothing', async () => {
    const before = await published();
    const controller = new AbortController();
    // None of the uploads comes to its end before.
    const effect = { kind: 'hang-before' } as const;
    it.lab.faults.add({ name: 'hangs', endpoint: 's3', operation: 'CompleteMultipartUpload', times: 99, effect });
    const watch = setInterval(async () => {
      if ((await it.objects.unfinished(bucket, 'db/')).length === 3) controller.abort(new Error('cancelled'));
    }, 20);
    const { error } = await it.dump(27, {}, controller.signal);
    clearInterval(watch);
    it.lab.faults.clear();
    expect((error as Error).message).toBe('cancelled');
    expect(await published()).toBe(before);
    expect(await leftovers()).toEqual(nothing);
  }, 60_000);

  test('the role of a run that died before it made its database is dropped, that of an active run stays', async () => {
    const comment = (run: number) =>
      `'made by Holdfast to prove a backup, may be dropped once this run is over: acme/backups/actions/runs/${run}:shop-prod'`;
    await it.postgres.sql(
      `CREATE ROLE holdfast_scratch_dead; COMMENT ON ROLE holdfast_scratch_dead IS ${comment(28)}; CREATE ROLE holdfast_scratch_alive; COMMENT ON ROLE holdfast_scratch_alive IS ${comment(1000)}`,
    );
    const { findings, error } = await it.dump(29, { files: 'archive', prove: 'archive' });
    expect(error).toBeUndefined();
    expect(findings.notes).toContain('dropped scratch databases of dead runs: holdfast_scratch_dead');
    expect(await leftovers()).toEqual({ ...nothing, roles: '1' });
    await it.postgres.sql('DROP ROLE holdfast_scratch_alive');
  }, 60_000);

  test('an archive in directory format is one tar file, restored by parallel jobs, and proven', async () => {
    await it.dump(41, { 'archive-format': 'directory', prefix: 'directory/' });
    const receipt = (await receipts()).find((one) => one.run.key.endsWith('/41'));
    expect(receipt?.verdict).toBe('good');
    expect(receipt?.files.map((file) => file.key)).toEqual([
      'directory/shop-prod.dump.tar',
      'directory/shop-prod.gz',
      'directory/shop-prod.anon.gz',
    ]);
    const tar = await bytes('directory/shop-prod.dump.tar');
    expect(tar.subarray(257, 262).toString()).toBe('ustar');
  }, 60_000);

  test('rules that do not fit cost the anonymised file alone, and leave no program waiting', async () => {
    const rules = join(mkdtempSync(join(tmpdir(), 'holdfast-test-')), 'rules.yml');
    writeFileSync(rules, 'version: 1\nunknown-columns: fail\n');
    const { error } = await it.dump(51, { rules });
    expect(error).toMatchObject({
      problems: expect.arrayContaining([expect.stringContaining('no rule names this column')]),
    });
    const waiting = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    const names = waiting.map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      } catch {
        // It has ended since.
        return '';
      }
    });
    expect(names.filter((name) => name.startsWith('pg_'))).toEqual([]);
    const receipt = (await receipts()).find((one) => one.run.key.endsWith('/51'));
    expect(receipt?.verdict).toBe('good');
    expect(receipt?.proof.map((row) => row.kind)).toEqual(['archive', 'plain']);
    expect(gunzipSync(await bytes('db/shop-prod.gz', receipt?.files[1]?.versionId)).toString()).toContain(
      'PostgreSQL database dump complete',
    );
    expect(await leftovers()).toEqual(nothing);
  }, 60_000);

  test('a download that breaks off for good ends the unpacking of an archive', async () => {
    const broken = async function* () {
      yield Buffer.alloc(1024);
      throw new Error('connection reset');
    };
    const folder = join(mkdtempSync(join(tmpdir(), 'holdfast-test-')), 'archive');
    await expect(unpack(broken(), folder)).rejects.toThrow('connection reset');
  }, 60_000);

  test('a role that may not read everything is the likely cause', async () => {
    await it.postgres.sql(`CREATE ROLE reader LOGIN PASSWORD 'x'; GRANT CONNECT ON DATABASE shop TO reader`);
    const url = `postgresql://reader:x@${it.postgres.host}:${it.postgres.port}/shop`;
    const { error } = await it.dump(61, { 'database-url': url, prove: 'none' });
    expect(error).toMatchObject({
      what: expect.stringMatching(/^pg_dump of shop .*ERROR: {2}permission denied for table/),
      likelyCause: 'the role may not read everything',
    });
    expect(await leftovers()).toEqual(nothing);
  }, 60_000);
});
