/** What must hold after a MySQL backup. */
import type { Lab } from '../../lab.ts';
import { type Check, Checks } from '../check.ts';
import { checkDumps, type DumpedJob, receiptOf } from '../dump-checks.ts';
import type { Ending } from '../fault.ts';
import { addresses } from './sample.ts';
import { mysqlSource } from './seed.ts';

export const mysqlDumps: DumpedJob = {
  files: 2,
  addresses,
  workDirectory: ({ mysql }) => mysql?.workDirectory,
  left: async ({ mysql }) => {
    const names = await mysql?.scratch.sql(
      `SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
       UNION ALL SELECT user FROM mysql.user WHERE user LIKE 'holdfast%'`,
    );
    return (names ?? '').split('\n').filter((name) => name !== '');
  },
};

export interface MysqlCheckOptions {
  /** How many series Datadog had received before the run; default 0. */
  readonly since?: number;
  /** Default: the one with the whole server. */
  readonly sources?: readonly string[];
}

/** Checks what the run `key` has left of each source. */
export async function checkMysqlDump(
  lab: Lab,
  ends: Ending,
  key: string,
  { since = 0, sources = [mysqlSource] }: MysqlCheckOptions = {},
): Promise<Check[]> {
  const checks = await checkDumps(lab, mysqlDumps, { key, ends, sources, since });
  return ends === 'good' && sources.includes(mysqlSource) ? [...checks, ...(await checkContent(lab, key))] : checks;
}

/** The receipt speaks of everything that the sample has, of all databases, and of the moment in the binary log. */
async function checkContent(lab: Lab, key: string): Promise<Check[]> {
  const fingerprint = (await receiptOf(lab, key, mysqlSource))?.fingerprint;
  const definitions = Object.keys(fingerprint?.definitions ?? {});
  const checks = new Checks();
  for (const kind of ['TABLE', 'VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT']) {
    const count = definitions.filter((name) => name.startsWith(`${kind} `)).length;
    checks.add(count > 0, `definitions of kind ${kind} in the receipt: ${count}`);
  }
  const tables = fingerprint?.tables.map(({ name }) => name) ?? [];
  checks.add(
    ['crm', 'shop'].every((database) => tables.some((name) => name.includes(database))),
    `tables in the receipt: ${tables.join(', ')}`,
  );
  return checks.all;
}
