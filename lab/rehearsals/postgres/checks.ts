/** What must hold after a PostgreSQL backup. */
import type { Lab } from '../../lab.ts';
import type { Check } from '../check.ts';
import { checkDumps, type DumpedJob } from '../dump-checks.ts';
import type { Ending } from '../fault.ts';
import { bulkAddress, canaries } from './sample/canaries.ts';

/** The databases that the lab's repository backs up: one and the same, dumped from the runner and on its host. */
export const dumpedSources = ['infinite.prod', 'infinite.host'] as const;

export interface DumpCheckOptions {
  /** How many series Datadog had received before the run; default 0. */
  readonly since?: number;
  /** Default: the first of them. */
  readonly sources?: readonly string[];
}

export const postgresDumps: DumpedJob = {
  files: 3,
  // The archive is compressed and binary: its addresses are not readable.
  addresses: { canaries, bulk: bulkAddress, readable: ['plain', 'anonymised'] },
  workDirectory: ({ databases }) => databases?.workDirectory,
  left: async ({ databases }) => {
    const names = await databases?.scratch.sql(
      `SELECT datname FROM pg_database WHERE datname LIKE 'holdfast%' UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'holdfast%'`,
    );
    return (names ?? '').split('\n').filter((name) => name !== '');
  },
};

/** Checks what the run `key` has left of each source. */
export async function checkDump(
  lab: Lab,
  ends: Ending,
  key: string,
  { since = 0, sources = dumpedSources.slice(0, 1) }: DumpCheckOptions = {},
): Promise<Check[]> {
  const checks = await checkDumps(lab, postgresDumps, { key, ends, sources, since });
  return sources.includes('infinite.host') ? [...checks, await checkHost(lab)] : checks;
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
