/** The jobs that prove what was chosen: what the workflow of each kind is called with. */
import type { KeptBackup } from '../../domain/backup.ts';
import type { DumpReceipt } from '../../domain/dump.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { GivenDatabase, Verifiers } from './inputs.ts';

/** Inputs of a job. */
export type Job = Readonly<Record<string, string>>;
export type Jobs = Readonly<Record<EngineName | 'volumes' | 'rotations', readonly Job[]>>;

export const noJobs: Jobs = { postgres: [], mysql: [], mongodb: [], volumes: [], rotations: [] };

export interface Given {
  readonly databases: readonly GivenDatabase[];
  readonly verifiers: Verifiers;
}

/** @param receipt of a dump; undefined for a snapshot */
export function withJob(
  jobs: Jobs,
  { backup, receipt }: { readonly backup: KeptBackup; readonly receipt: DumpReceipt | undefined },
  { databases, verifiers }: Given,
): Jobs {
  const { source, id } = backup;
  if (receipt === undefined) return withVolume(jobs, backup, verifiers);
  const job = { source, receipt: id, ...restoreOf(receipt, entryOf(source, databases)) };
  return { ...jobs, [receipt.engine]: [...jobs[receipt.engine], job] };
}

/** Its own entry, or that of its server: `pg02/shop` is a database of `pg02`, whose entry has `databases: all`. */
function entryOf(source: string, databases: readonly GivenDatabase[]): GivenDatabase | undefined {
  const longestFirst = databases.toSorted((a, b) => b.source.length - a.source.length);
  return longestFirst.find((one) => source === one.source || source.startsWith(`${one.source}/`));
}

/** Of a primary the workflow knows the host, and the snapshot its receipt. */
function withVolume(
  jobs: Jobs,
  { kind, source, id, region, copyOf, receiptKey = '' }: KeptBackup,
  verifiers: Verifiers,
) {
  const job = { source, snapshot: id, region, instance: verifiers[region] ?? '' };
  if (kind === 'rotation-snapshot') return { ...jobs, rotations: [...jobs.rotations, job] };
  const volume = copyOf === undefined ? { ...job, instance: '', receipt: '' } : { ...job, receipt: receiptKey };
  return { ...jobs, volumes: [...jobs.volumes, volume] };
}

/**
 * The server of that time restores it best: whoever upgraded since has other tools than the archive. Its image (`server-image`) counts
 * where the list of databases names none, and the workflow's variable does not say that the runner starts no containers.
 */
function restoreOf({ engine, versions, product }: DumpReceipt, given: GivenDatabase | undefined): Job {
  // Of a test release (`18beta1`), too, the major version is the number alone.
  const [major = '', minor = ''] = versions.server.match(/\d+/g) ?? [];
  const secret = { 'scratch-secret': given?.scratchSecret ?? '' };
  if (engine === 'postgres')
    return { series: major, packages: given?.packages ?? '', 'scratch-image': given?.scratchImage ?? '', ...secret };
  const image = { 'scratch-image': given?.scratchImage ?? '', ...secret };
  if (engine === 'mongodb') return { 'server-image': `mongo:${major}`, ...image };
  const client = product === 'MariaDB' ? 'mariadb' : 'mysql';
  return { client, 'server-image': `${client}:${major}.${minor}`, ...image };
}
