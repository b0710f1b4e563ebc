/** A runner of Debian 13, with PostgreSQL 17: the action and the commands run in a root of their own, from their sources. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labsDirectory, repositoryRoot } from '../../lab/directory.ts';
import { inRoot, type Series, type SeriesRoot, seriesRoot } from '../../lab/hosts/postgres/series.ts';
import { commandFiles, parseKeyValueFile } from '../../lab/runner/step-files.ts';
import type { Inputs } from './support-dump.ts';

export type Roots = Readonly<Record<Series, SeriesRoot>>;

/** The roots of both series, from the labs' cache; or why there are none. */
export async function openRoots(): Promise<Roots | string> {
  try {
    const cache = join(labsDirectory, 'cache');
    const [older, newer] = await Promise.all([seriesRoot(13, cache), seriesRoot(17, cache)]);
    return { 13: older, 17: newer };
  } catch (error) {
    return (error as Error).message;
  }
}

export interface Ended {
  readonly status: number;
  readonly out: string;
}

/** Runs a TypeScript file of this repository. @param root undefined: on this computer */
export function runScript(
  root: SeriesRoot | undefined,
  folder: string,
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Ended> {
  // As words, since a shell drops variables whose names are none to it: INPUT_AWS-REGION.
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const node = ['env', ...variables, process.execPath, '--no-warnings', ...words] as const;
  const [program, ...parameters] = root ? inRoot(root, [repositoryRoot, folder], ...node) : node;
  const env = { ...process.env, TMPDIR: folder, NODE_EXTRA_CA_CERTS: '' };
  return new Promise((resolve) => {
    execFile(program, parameters, { env, cwd: repositoryRoot, maxBuffer: 1e8 }, (error, out, err) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, out: `${out}${err}` }),
    );
  });
}

/** Runs db-dump there. @returns its outputs, and all that it printed */
export async function runDump(
  root: SeriesRoot,
  folder: string,
  inputs: Inputs,
): Promise<Ended & { readonly outputs: Readonly<Record<string, string>> }> {
  const own = mkdtempSync(join(folder, 'step-'));
  const files = Object.entries(commandFiles).map(([name, file]) => [name, join(own, file)] as const);
  for (const [, file] of files) writeFileSync(file, '');
  const environment = {
    ...Object.fromEntries(files),
    ...Object.fromEntries(Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text])),
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.test',
    GITHUB_REPOSITORY: 'acme/backups',
    GITHUB_RUN_ID: String(Date.now()),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: repositoryRoot,
    RUNNER_TEMP: own,
  };
  const ended = await runScript(root, folder, environment, 'src/actions/db-dump/main.ts');
  const outputs = Object.fromEntries(parseKeyValueFile(readFileSync(join(own, commandFiles.GITHUB_OUTPUT), 'utf8')));
  return { ...ended, outputs };
}
