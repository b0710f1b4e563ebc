/** What must hold after a MongoDB backup. */
import type { Lab } from '../../lab.ts';
import { type Check, Checks } from '../check.ts';
import { checkDumps, type DumpedJob, receiptOf } from '../dump-checks.ts';
import type { Ending } from '../fault.ts';
import { addresses, small } from './sample.ts';
import { crmSource, mongodbSource } from './seed.ts';

export const mongodbDumps: DumpedJob = {
  files: 2,
  addresses,
  workDirectory: ({ mongodb }) => mongodb?.workDirectory,
  left: async ({ mongodb }) => {
    const { databases = [] } =
      (await mongodb?.scratch.client.db('admin').admin().listDatabases({ nameOnly: true })) ?? {};
    return databases.map(({ name }) => name).filter((name) => !['admin', 'config', 'local'].includes(name));
  },
};

export interface MongodbCheckOptions {
  /** How many series Datadog had received before the run; default 0. */
  readonly since?: number;
  /** Default: the one with the whole server. */
  readonly sources?: readonly string[];
}

/** Checks what the run `key` has left of each source. */
export async function checkMongodbDump(
  lab: Lab,
  ends: Ending,
  key: string,
  { since = 0, sources = [mongodbSource] }: MongodbCheckOptions = {},
): Promise<Check[]> {
  const checks = await checkDumps(lab, mongodbDumps, { key, ends, sources, since });
  if (ends !== 'good') return checks;
  return [
    ...checks,
    ...(sources.includes(mongodbSource) ? await checkContent(lab, key) : []),
    ...(sources.includes(crmSource) ? await checkDatabase(lab, key) : []),
  ];
}

/** A URL that names a database means that one, and not all of its server. */
async function checkDatabase(lab: Lab, key: string): Promise<Check[]> {
  const databases = (await receiptOf(lab, key, crmSource))?.fingerprint.databases ?? [];
  const checks = new Checks();
  checks.add(databases.join() === small.database, `databases of ${crmSource} in the receipt: ${databases.join(', ')}`);
  return checks.all;
}

/** The keys that users of the old system know; and a receipt that speaks of all that the sample has. */
async function checkContent(lab: Lab, key: string): Promise<Check[]> {
  const receipt = await receiptOf(lab, key, mongodbSource);
  const keys = receipt?.files.map((file) => file.key) ?? [];
  const checks = new Checks();
  const dated = /^db\/prod\/\d{4}-\d{2}-\d{2}T\d{2}_\d{2}(_\d{2})?(\.anon)?\.tar\.gz$/;
  checks.add(keys.length > 0 && keys.every((one) => dated.test(one)), `keys: ${keys.join(', ')}`);
  const tables = receipt?.fingerprint.tables ?? [];
  const contacts = tables.find(({ name }) => name === `${small.database}.${small.collection}`);
  checks.add(
    contacts?.rows === String(small.documents),
    `documents of ${small.database}.${small.collection} in the receipt: ${contacts?.rows ?? 'none'}`,
  );
  const indexes = Object.keys(receipt?.fingerprint.definitions ?? {}).filter((name) => name.startsWith('INDEX '));
  checks.add(indexes.length >= 3, `indexes in the receipt: ${indexes.join(', ')}`);
  return checks.all;
}
