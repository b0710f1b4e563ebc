/** The faults of the PostgreSQL backup. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Databases } from '../../hosts/postgres/databases.ts';
import type { FaultTarget, NamedFault } from '../fault.ts';

const workflows = ['postgres-backup'];
/** What has to be undone when a fault is over. */
const undo: (() => void)[] = [];

export function clearDumpFaults(): void {
  for (const one of undo.splice(0)) one();
}

function databasesOf({ machines }: FaultTarget): Databases {
  if (machines.databases === undefined) throw new Error('this lab has no databases');
  return machines.databases;
}

/** Looks again and again, until it has happened or the fault is over. */
function watch(milliseconds: number, look: () => boolean | Promise<boolean>): void {
  let over = false;
  const again = async (): Promise<void> => {
    if (over) return;
    const done = await Promise.resolve(look()).catch(() => false);
    if (!done) setTimeout(again, milliseconds).unref();
  };
  setTimeout(again, milliseconds).unref();
  undo.push(() => {
    over = true;
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** The pg_dump that reads the lab's own server: known by the port in its environment. */
function findDump(port: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find(
      (pid) =>
        /\/pg_dump\0.*--format=custom/s.test(read(`/proc/${pid}/cmdline`)) &&
        read(`/proc/${pid}/environ`).split('\0').includes(`PGPORT=${port}`),
    );
}

export const dumpFaults: readonly NamedFault[] = [
  {
    name: 'truncated-dump',
    description: 'the archive in the bucket has lost its second half',
    ends: 'bad',
    workflows,
    arrange: ({ machines }) => {
      machines.s3.truncate = '.dump';
    },
  },
  {
    name: 'dump-killed',
    description: 'pg_dump is killed in the middle of its work',
    ends: 'red',
    workflows,
    arrange: (target) => {
      const { source } = databasesOf(target);
      watch(5, () => {
        const pid = findDump(source.port);
        if (pid === undefined) return false;
        process.kill(pid, 'SIGKILL');
        return true;
      });
    },
  },
  {
    name: 'upload-broken',
    description: 'connections break while parts of the plain file are sent',
    ends: 'red',
    workflows,
    arrange: ({ faults }) =>
      faults.add({
        name: 'upload-broken',
        endpoint: 's3',
        operation: 'UploadPart',
        when: (parameters) => (parameters as { Key: string }).Key.endsWith('-prod.gz'),
        times: 1000,
        effect: { kind: 'cut-body' },
      }),
  },
  {
    name: 'disk-full',
    description: 'the disk of the runner has room for 4 MiB',
    ends: 'red',
    workflows,
    arrange: (target) => {
      const { workDirectory } = databasesOf(target);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=755', 'tmpfs', workDirectory]);
      if (mounted.status !== 0) throw new Error(`the small disk cannot be mounted: ${mounted.stderr}`);
      undo.push(() => void spawnSync('umount', [workDirectory]));
    },
  },
  {
    name: 'wrong-rows-restored',
    description: 'a row of the restored archive is missing',
    ends: 'bad',
    workflows,
    arrange: (target) => {
      const { scratch } = databasesOf(target);
      watch(10, async () => {
        const name = await scratch.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%' LIMIT 1`);
        if (name === '') return false;
        // As soon as the rows are there: what follows in the restore takes longer than this.
        const deleted = await scratch.sql(
          'DELETE FROM infinite.messages WHERE id = (SELECT min(id) FROM infinite.messages) RETURNING id',
          name,
        );
        return deleted !== '';
      });
    },
  },
];
