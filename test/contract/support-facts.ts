/** A MariaDB server of its own for a test, and the host script `fingerprint` run against it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDatabase, type Sql, withServer } from '../../lab/hosts/mariadb.ts';
import { hostScriptText } from '../../scripts/host-scripts.ts';
import type { Fingerprint } from '../../src/domain/receipt.ts';
import { parseAnswer } from '../../src/host/catalogue/catalogue.ts';

export interface FactsServer {
  readonly sql: Sql;
  /** Takes a fingerprint as SSM would run it: no environment but the script's parameters. */
  readonly take: (method: string, options?: TakeOptions) => Fingerprint;
}

export interface TakeOptions {
  /** Home of root, with the client's option file. */
  readonly home?: string;
  /** The checks file. */
  readonly checks?: string;
  /** Changes the script's text, to put a stand-in into it. */
  readonly change?: (text: string) => string;
  /** Further folders of PATH, before the others. */
  readonly path?: string;
}

/** Runs a new server while `work` runs. */
export async function withFactsServer(work: (server: FactsServer) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-facts-'));
  try {
    const data = join(folder, 'data');
    await installDatabase(data);
    await withServer(data, (sql) => work({ sql, take: (method, options) => take(data, method, options ?? {}) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(data: string, method: string, { home, checks = '', change, path }: TakeOptions): Fingerprint {
  const text = hostScriptText('fingerprint');
  const packed = spawnSync('gzip', ['-c'], { input: checks }).stdout.toString('base64');
  const result = spawnSync('bash', ['-s'], {
    input: change ? change(text) : text,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    env: {
      PATH: `${path === undefined ? '' : `${path}:`}${process.env.PATH}`,
      ...(home === undefined ? {} : { HOME: home }),
      SSM_Method: method,
      SSM_Checks: checks === '' ? '' : packed,
      SSM_Saved: '',
      SSM_Socket: join(data, 'lab.sock'),
      SSM_DefaultsFile: '',
    },
  });
  const answer: unknown = JSON.parse(result.stdout || '{}');
  const parsed = parseAnswer('fingerprint', whole(answer));
  if ('answer' in parsed) return parsed.answer;
  throw new Error(`${parsed.problems.join('; ')}\n${result.stdout.slice(0, 2000)}\n${result.stderr.slice(0, 2000)}`);
}

/** A long result is stored on the host, and read from there. */
function whole(answer: unknown): unknown {
  const { stored } = answer as { stored?: { key: string } };
  if (stored === undefined) return answer;
  const file = `/run/holdfast/results/${stored.key}`;
  const text = spawnSync('bash', ['-c', 'base64 -d <"$0" | gunzip', file], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  return JSON.parse(text.stdout);
}
