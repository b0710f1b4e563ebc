/** `npm run populatedb`: loads a fetched dump into the local database. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError, ConfigurationError } from '../src/runtime/errors.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import type { Loader } from './lib/engines/loader.ts';
import { loaderOf, loaderOfFile, loaders, problemsOfChoices } from './lib/engines/loaders.ts';
import { postgresLoader } from './lib/engines/postgres/loader.ts';
import { fileThrough } from './lib/file-through.ts';

const usage = `npm run populatedb [-- options]

Loads a dump, such as npm run fetchdb fetches, into the local database. It loads a new database, which replaces the old
one only when all went well, so it can be repeated at any time. Owners, rights and tablespaces of the dump are left out.

  --from FILE   plain SQL, gzip or Zstandard; for MongoDB a tarball or an archive; default: the newest in backups/
  --to URL      or DATABASE_URL; default, by the engine of the file:
${loaders.map(({ localUrl }) => `                ${localUrl}`).join('\n')}
  --only NAME   of a dump of several databases, this one (MySQL, MongoDB)
  --replace     also replace a database that this command did not make
  --remote      allow a server that is not on this computer
  -h, --help    print this text

Exit status: 0 loaded, 1 failed, 2 wrong arguments.`;

async function main(): Promise<void> {
  const { values } = readCommandLine(usage, {
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      only: { type: 'string' },
      replace: { type: 'boolean' },
      remote: { type: 'boolean' },
    },
  });
  const setting = values.to === undefined ? 'DATABASE_URL' : '--to';
  const given = values.to ?? (process.env.DATABASE_URL || undefined);
  const chosen = given === undefined ? undefined : loaderOf(given, setting);
  const from = values.from ?? newest('backups', chosen);
  if (!existsSync(from)) throw new BackupError({ what: `${from} does not exist`, fix: 'npm run fetchdb' });
  // Without a URL the file says which engine it is for.
  const loader = chosen ?? loaderOfFile(from) ?? postgresLoader;
  const url = given ?? loader.localUrl;
  const wrong = problemsOfChoices(url, values);
  if (wrong.length > 0)
    throw new ConfigurationError({ what: 'one option is wrong; nothing was changed', problems: wrong });
  const target = loader.target(url, setting);
  if (!isLocal(target.host) && values.remote !== true)
    throw new BackupError({
      what: `${target.shown} is not on this computer; its content would be replaced`,
      fix: 'give --remote if that is what you want',
    });
  await target.populate({ from, through: fileThrough(from) }, { replace: values.replace === true, only: values.only });
  console.error(`${target.shown} holds ${from}`);
}

/** Whether a server is on this computer, or is the neighbouring container of a devcontainer. */
function isLocal(host: string): boolean {
  const neighbours = ['db', 'postgres', 'mysql', 'mariadb', 'mongo', 'mongodb'];
  return ['localhost', '127.0.0.1', '::1', ...neighbours, ''].includes(host) || host.startsWith('/');
}

/** The newest fetched dump. @param loader the engine that it is for; any without */
function newest(folder: string, loader: Loader | undefined): string {
  const endings = (loader ? [loader] : loaders).flatMap((one) => one.endings);
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => endings.some((ending) => name.endsWith(ending)))
    : [];
  const times = files.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  return times.toSorted((a, b) => b.at - a.at)[0]?.path ?? join(folder, `SOURCE${endings[0]}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
