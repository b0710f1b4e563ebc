/** Dumps on the database's own host, through SSM: what the host keeps, what fails, and a real container (podman). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startContainer } from '../../lab/hosts/podman.ts';
import type { PostgresServer } from '../../lab/hosts/postgres/server.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import { installPackages } from '../../scripts/lib/debian.ts';
import { killedWhen, leftOnHost, onHost, receiptOf, waitFor } from './support-host-dumps.ts';

const minute = 60_000;
let lab: Lab;

beforeAll(async () => {
  installPackages(['podman'], 'the test of dumps in a container');
  lab = await startLab({ seed: postgresSeed(5) });
}, 5 * minute);
afterAll(() => lab?.stop(), 2 * minute);

const dump = (inputs: Record<string, string> = {}) =>
  lab.runWorkflow('test/scenario/workflows/dump-host.yml', {
    event: 'workflow_dispatch',
    inputs: { port: String(lab.databases?.source.port), ...inputs },
  });

const folder = '/var/backups/holdfast/shop';
const archives = async (): Promise<string[]> =>
  (await onHost(lab, `find ${folder} -type f -printf '%P\\n' | sort`)).split('\n').filter(Boolean);

/** Longer than the test, which releases the lock itself. */
const lockSeconds = 3600;

test(
  'the host keeps the newest proven archives, byte for byte what the bucket has, and no credentials',
  async () => {
    const shas: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const run = await dump();
      expect(run.conclusion).toBe('success');
      const receipt = await receiptOf(lab, run);
      expect(receipt?.verdict).toBe('good');
      expect(receipt?.place).toBe('i-0a5be1d9c3f2e7a01');
      shas.push(receipt?.files.find((file) => file.kind === 'archive')?.sha256 ?? '');
    }
    const kept = await archives();
    expect(kept).toHaveLength(2);
    const sums = await onHost(lab, `cd ${folder} && sha256sum *.dump | cut -d ' ' -f 1`);
    expect(sums.trim().split('\n')).toEqual(shas.slice(1));
    expect(await leftOnHost(lab, folder)).toBe('');
    expect(await onHost(lab, 'env; ls -a /root; true')).not.toMatch(/AWS_|\.aws/);
  },
  5 * minute,
);

test(
  'a runner killed in the middle leaves a dump that the next run discards',
  async () => {
    lab.faults.add({
      name: 'killed while the host dumps',
      endpoint: 'ssm',
      operation: 'SendCommand',
      when: (parameters) => (parameters as { DocumentName: string }).DocumentName === 'Holdfast-DumpUpload',
      effect: { kind: 'kill-before' },
    });
    await dump();
    lab.clearFaults();
    expect(await leftOnHost(lab, folder)).not.toBe('');
    const before = await archives();
    const next = await dump();
    expect(next.conclusion).toBe('success');
    expect((await receiptOf(lab, next))?.verdict).toBe('good');
    expect(await leftOnHost(lab, folder)).toBe('');
    expect((await archives()).length).toBe(Math.min(2, before.filter((name) => name.endsWith('.dump')).length + 1));
  },
  5 * minute,
);

test(
  'parts that S3 refuses are signed and uploaded again; an upload that never works fails the dump and leaves nothing',
  async () => {
    const refuse = (times: number) =>
      lab.faults.add({
        name: 'refused',
        endpoint: 's3',
        operation: 'UploadPart',
        when: (parameters) => String((parameters as { Key?: string }).Key).endsWith('.dump'),
        times,
        effect: { kind: 'refuse', code: 'AccessDenied', status: 403, message: 'Request has expired' },
      });
    refuse(1);
    const run = await dump();
    lab.clearFaults();
    expect((await receiptOf(lab, run))?.verdict).toBe('good');
    const before = await archives();
    refuse(1000);
    const broken = await dump();
    lab.clearFaults();
    expect(broken.conclusion).toBe('failure');
    expect(broken.summary).toMatch(/cannot upload to s3:\/\/holdfast-dumps-lab: status 403: AccessDenied/);
    expect(await receiptOf(lab, broken)).toBeUndefined();
    expect(await archives()).toEqual(before);
    expect(await leftOnHost(lab, folder)).toBe('');
  },
  5 * minute,
);

test(
  'an archive in directory format, made by two jobs, is one tar file',
  async () => {
    const run = await dump({ format: 'directory' });
    if (run.conclusion !== 'success') console.error(run.summary);
    const receipt = await receiptOf(lab, run);
    expect(receipt?.verdict).toBe('good');
    expect(receipt?.files[0]?.key).toBe('db/shop.dump.tar');
    expect((await archives()).filter((name) => name.endsWith('.dump.tar'))).toHaveLength(1);
    expect(await leftOnHost(lab, folder)).toBe('');
  },
  3 * minute,
);

test(
  'a container of the host is dumped with its own tools',
  async () => {
    await startContainer(lab.hosts, 'database');
    const run = await dump({ container: 'database' });
    if (run.conclusion !== 'success') console.error(run.summary);
    await onHost(lab, 'podman rm --force --time 0 database');
    const receipt = await receiptOf(lab, run);
    expect(receipt?.verdict).toBe('good');
    expect(receipt?.place).toBe('the container database of i-0a5be1d9c3f2e7a01');
    const gone = await dump({ container: 'database' });
    expect(gone.conclusion).toBe('failure');
    expect(gone.summary).toMatch(/the host knows no container database/);
  },
  4 * minute,
);

test(
  'a dump that waits for a lock in a container ends when it is discarded, and so do its sessions',
  async () => {
    const source = lab.databases?.source as PostgresServer;
    const sessions = async (condition = 'true'): Promise<string[]> =>
      (
        await source.sql(
          `SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name ~ '^holdfast ' AND ${condition}`,
        )
      )
        .split('\n')
        .filter(Boolean);
    const waiting = (): Promise<string[]> => sessions("wait_event_type = 'Lock'");
    await startContainer(lab.hosts, 'database');
    // For a table a dump waits in short attempts, of which each ends by itself; to read a sequence it waits once, as long as it may.
    await source.sql('CREATE SEQUENCE IF NOT EXISTS held', 'infinite');
    const lock = source.sql(`BEGIN; DROP SEQUENCE held; SELECT 'held' FROM pg_sleep(${lockSeconds})`, 'infinite');
    lock.catch(() => {});
    const holding = `query ~ 'pg_sleep' AND pid <> pg_backend_pid()`;
    await waitFor(
      async () =>
        (await source.sql(`SELECT pid FROM pg_stat_activity WHERE ${holding} AND wait_event = 'PgSleep'`)) || undefined,
    );
    const patient = { container: 'database', 'lock-timeout': `${lockSeconds}s` };
    await killedWhen(
      lab,
      async () => (await waiting()).length > 0,
      () => dump(patient),
    );
    const first = await waitFor(async () => (await waiting())[0]);
    expect(first).toMatch(/^holdfast \d+-1-/);
    const next = dump(patient);
    // The lock is still held, so the first dump would wait on.
    const second = await waitFor(async () => (await waiting()).find((name) => name !== first));
    expect(second).toMatch(/^holdfast \d+-1-/);
    // The server takes a moment to end what it was told to end; whoever began anew would be seen on the way.
    const left = await waitFor(async () => {
      const all = await sessions();
      return all.length > 0 && !all.includes(first) ? all : undefined;
    });
    expect(left).toEqual([second]);
    await source.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${holding}`);
    await expect(lock).rejects.toThrow(/terminat/);
    expect((await receiptOf(lab, await next))?.verdict).toBe('good');
    await waitFor(async () => ((await sessions()).length === 0 ? true : undefined));
    await onHost(lab, 'podman rm --force --time 0 database');
    await source.sql('DROP SEQUENCE held', 'infinite');
  },
  4 * minute,
);

test(
  'a database that does not exist is reported before anything starts',
  async () => {
    const run = await dump({ database: 'nothing' });
    expect(run.conclusion).toBe('failure');
    expect(run.summary).toMatch(/the database nothing does not answer the account postgres/);
    expect(run.summary).toMatch(/database "nothing" does not exist/);
  },
  2 * minute,
);
