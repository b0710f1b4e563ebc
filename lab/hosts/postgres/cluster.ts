/** The folder of a PostgreSQL server: given to the server's user, with a new cluster in it. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';
import { dataFolder, mustEnter, runsAs } from '../server-process.ts';
import { inRoot, type SeriesRoot } from './series.ts';

/** The system user that the server runs as: PostgreSQL refuses to run as root. */
const account = 'postgres';

/** Parameters of setpriv that run a program as that user. */
export const asAccount = runsAs(account);

/** Makes the folder. @throws Error when it has a cluster, or that names the folder which the server's user cannot enter */
export async function prepareDirectory(directory: string): Promise<void> {
  if (existsSync(dataFolder(directory))) throw new Error(`${directory} holds a PostgreSQL cluster already`);
  mkdirSync(directory, { recursive: true });
  await command('chown', `${account}:${account}`, directory);
  await mustEnter(account, directory);
}

/** The command that runs one of the server's programs as the server's user. */
export function asServer(
  directory: string,
  root: SeriesRoot | undefined,
  ...words: readonly string[]
): [string, ...string[]] {
  const own = ['setpriv', ...asAccount, ...words] as [string, ...string[]];
  return root ? inRoot(root, [directory], ...own) : own;
}

/** Runs initdb. Over TCP the password is asked for; over a socket accounts log in as the role of the same name. */
export async function makeCluster(
  directory: string,
  binaries: string,
  {
    user,
    password,
    root,
  }: { readonly user: string; readonly password: string; readonly root?: SeriesRoot | undefined },
): Promise<void> {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    await command('chown', `${account}:${account}`, passwordFile);
    const initdb = asServer(
      directory,
      root,
      join(binaries, 'initdb'),
      `--pgdata=${dataFolder(directory)}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth-host=scram-sha-256',
      '--auth-local=peer',
      '--locale=C.UTF-8',
      '--encoding=UTF8',
      '--data-checksums',
      '--no-sync',
    );
    await command(...initdb);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
