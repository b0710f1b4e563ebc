/** The lab of PostgreSQL's nightly dump. */
import { type Lab, startLab } from '../../lab/lab.ts';
import { checkDump } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import type { DumpScenario } from './support-dumps.ts';

export const startDatabases = (): Promise<Lab> => startLab({ seed: postgresSeed(30) });

/** The database that most tests dump. */
export const one = { source: 'infinite.prod' };

export const scenario: DumpScenario = { workflow: 'postgres-backup', ...one, check: checkDump };

/** The faults in postgres.test.ts; the others are in the long suite. */
export const tellingFaults = ['truncated-dump', 'upload-broken', 'wrong-rows-restored'];
