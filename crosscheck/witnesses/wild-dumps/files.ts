/** Dumps of pg_dump that people have committed to their repositories, as dolthub/doltgresql collected them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../lab/hosts/cached.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

const repository = 'github.com/dolthub/doltgresql';
const commit = '95a47cc01880cefe51a30ab087ef0f861a4b08a0';
const folder = 'testing/dumps/sql';
/** git's name for that folder at this commit: `git rev-parse COMMIT:testing/dumps/sql`. */
const tree = 'eb0a509eab078b06c075afc9b3ca8464e24b557c';
/** A copy that leaves out large files lacks this one; git's name for it. */
const large: ReadonlyMap<string, string> = new Map([['scrubbed-1.sql', '3539e1e94736ce6da21219b602049dd20dc3b01b']]);

export const version = `${repository} ${commit.slice(0, 12)}`;
export const variable = 'HOLDFAST_WILD_DUMPS';

export interface WildDumps {
  /** Paths of the files, in order. */
  readonly files: readonly string[];
  /** Names of those that this checkout lacks. */
  readonly absent: readonly string[];
}

/** @throws ToolMissing when there is no checkout, and none can be fetched; Error when it holds other files than the commit */
export async function wildDumps(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<WildDumps> {
  const what = `a checkout of ${repository} at ${commit}`;
  const checkout = environment[variable] ?? (await fetched());
  const place = join(checkout, folder);
  if (!existsSync(place)) throw new ToolMissing(`${place} does not exist: set ${variable} to ${what}`);
  const names = readdirSync(place).sort();
  const absent = [...large.keys()].filter((name) => !names.includes(name));
  const entries = [
    ...names.map((name): Entry => [name, gitName('blob', readFileSync(join(place, name)))]),
    ...absent.map((name): Entry => [name, large.get(name) ?? '']),
  ];
  if (treeName(entries) !== tree) throw new Error(`${place} does not hold the files of ${what}`);
  return { files: names.map((name) => join(place, name)), absent };
}

const fetched = (): Promise<string> =>
  madeOnce(join(cacheFolder, `wild-dumps-${tree.slice(0, 12)}`), async (making) =>
    fetchFolder(making, { address: `https://${repository}`, commit, folder }),
  );

/** One folder of one commit, and nothing else of the repository. No registry has it. @throws ToolMissing with git's reason */
export function fetchFolder(into: string, of: { address: string; commit: string; folder: string }): void {
  for (const words of [
    ['init', '--quiet'],
    ['fetch', '--quiet', '--depth=1', '--filter=blob:none', of.address, of.commit],
    // The files of this folder come one by one, from where the commit came from.
    ['config', 'remote.origin.url', of.address],
    ['config', 'remote.origin.promisor', 'true'],
    ['checkout', '--quiet', of.commit, '--', of.folder],
  ]) {
    const { status, stderr, error } = spawnSync('git', words, {
      cwd: into,
      encoding: 'utf8',
      // It never asks for a password.
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
      timeout: 120_000,
    });
    const [reason = ''] = (error?.message ?? stderr).trim().split('\n');
    if (status !== 0)
      throw new ToolMissing(`no registry has its files, and ${of.address} gave none (git ${words[0]}: ${reason})`);
  }
}

/** For CI, which has no room for all: every seventh of the names. */
export function sampleOf<T>(files: readonly T[]): readonly T[] {
  return files.filter((_, at) => at % 7 === 0);
}

type Entry = readonly [name: string, blob: string];

/** git's name for a folder of plain files. */
export function treeName(entries: readonly Entry[]): string {
  const sorted = entries.toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  return gitName(
    'tree',
    Buffer.concat(sorted.flatMap(([name, blob]) => [Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')])),
  );
}

export function gitName(kind: 'blob' | 'tree', content: Buffer): string {
  return createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');
}
