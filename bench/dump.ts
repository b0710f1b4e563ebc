/**
 * `npm run bench -- dump [--megabytes 500] [--rounds 3]`: db-dump's way from the server into the bucket, beside pg_dump and
 * a compressor whose output goes up to the same bucket, in the same run.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openCallLog } from '../lab/call-log.ts';
import { realClock } from '../lab/clock.ts';
import { faultRules } from '../lab/faults/rules.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { fillDatabase } from '../lab/postgres/fill.ts';
import { startPostgres } from '../lab/postgres/server.ts';

export async function dump(sizes: { megabytes?: number; rounds?: number }): Promise<void> {
  void [
    spawn,
    chmodSync,
    mkdtempSync,
    rmSync,
    join,
    Readable,
    openCallLog,
    realClock,
    faultRules,
    ensurePrerequisites,
    throughSudo,
    fillDatabase,
    startPostgres,
    sizes,
  ];
  throw new Error('not yet');
}
