/** PostgreSQL for the commands restore and populatedb. */
import { literal } from '../../../../src/adapters/databases/postgres/psql.ts';
import { targetOf } from '../../../../src/adapters/databases/postgres/restore.ts';
import type { DatabaseLocale, DumpFile, DumpFingerprint } from '../../../../src/domain/dump.ts';
import {
  type Connection,
  databaseParameter,
  parseConnection,
} from '../../../../src/dump/engines/postgres/connection.ts';
import { createRole } from '../../../../src/dump/engines/postgres/restore/statement-filter.ts';
import type { ClientTools } from '../../../../src/dump/engines/postgres/tools.ts';
import { archiveEnding } from '../../../../src/dump/files.ts';
import {
  type DumpToRestore,
  type FileToLoad,
  fetchByHand,
  fileName,
  type Loader,
  type LoadTarget,
  notEmpty,
  notOurs,
  type PopulateOptions,
  type RestoreOptions,
  reader,
  word,
} from '../loader.ts';
import { localeNote, needsOf, rolesOf } from './prepare-target.ts';
import { replaceDatabase, replacementWith } from './replace.ts';
import { isEmpty, openServer, restoreFile, safeToolsFor, sql } from './server.ts';

export const postgresLoader: Loader = {
  engine: 'postgres',
  product: 'PostgreSQL',
  scheme: /^postgres(ql)?:/,
  urlForm: 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE',
  localUrl: 'postgresql://postgres:postgres@localhost:5432/app',
  choices: [],
  endings: ['.anon.gz', '.anon.zst'],
  target(url, setting): LoadTarget {
    const target = parseConnection(url, setting);
    return {
      shown: target.shown,
      host: target.environment.PGHOST ?? '',
      byHand: (file, { fingerprint }) => byHand(file, target.database, rolesOf(fingerprint)),
      restore: (dump, options) => restore(dump, target, options),
      populate: (file, options) => populate(file, target, options),
    };
  },
};

async function restore(dump: DumpToRestore, target: Connection, { replace }: RestoreOptions): Promise<void> {
  const { file, receipt } = dump;
  // A database to be replaced need not exist.
  const { tools, maintenance } = replace
    ? await openServer(target)
    : { tools: await safeToolsFor(target), maintenance: undefined };
  if (!replace && !(await isEmpty(tools, target))) throw notEmpty(target.shown);
  const locale = await prepare(tools, { target, maintenance }, receipt.fingerprint);
  const load = (into: Connection): Promise<void> =>
    dump.through((bytes) => restoreFile(tools, into, { kind: file.kind, name: file.key }, bytes));
  const comment = `restored from the dump of ${receipt.takenAt}`;
  if (maintenance) await replaceDatabase({ ...replacementWith(tools), maintenance, target, comment, load, locale });
  else await load(target);
}

/**
 * Makes the roles that the dump needs.
 * @param places the database, and one beside it when it will be replaced
 * @returns how the source stores text
 * @throws BackupError when the server lacks what the dump needs; then nothing was changed
 */
async function prepare(
  tools: ClientTools,
  { target, maintenance }: { readonly target: Connection; readonly maintenance: Connection | undefined },
  fingerprint: DumpFingerprint,
): Promise<DatabaseLocale | undefined> {
  const connection = maintenance ?? target;
  const fresh = maintenance !== undefined;
  const { roles, notes } = needsOf(fingerprint, await targetOf({ tools, connection }), fresh);
  const own = await sql(
    tools,
    connection,
    `SELECT json_build_object('encoding', pg_encoding_to_char(encoding), 'collate', datcollate) FROM pg_database WHERE datname = ${literal(target.database)}`,
  );
  const differs = own === '' ? undefined : localeNote(fingerprint.locale, JSON.parse(own));
  for (const note of differs === undefined ? notes : [...notes, differs]) console.error(`note: ${note}`);
  if (roles.length > 0) await sql(tools, connection, roles.join('\n'));
  return fingerprint.locale;
}

function byHand(file: DumpFile, to: string, roles: readonly string[]): string {
  const name = fileName(file);
  const database = word(databaseParameter(to));
  const tar = name.endsWith(archiveEnding('directory'));
  const unpack = tar ? `mkdir archive && tar -C archive -xf ${name} && ` : '';
  const command =
    file.kind === 'archive'
      ? `${unpack}pg_restore --clean --if-exists --no-owner --no-acl --no-tablespaces --exit-on-error ${tar ? '--jobs 4 ' : ''}--dbname ${database} ${tar ? 'archive' : name}`
      : `${reader(name)} ${word(name)} | psql -X -v ON_ERROR_STOP=1 ${database}`;
  const makeRoles = roles.map((role) => `\n  psql ${database} -c ${word(createRole(role))}`).join('');
  return `${fetchByHand(file)}${makeRoles}
  ${command}
  or put ${file.kind === 'archive' ? 'the plain file' : name} into /docker-entrypoint-initdb.d/ of a postgres container, under a name that ends in .sql.gz, or .sql.zst where it is Zstandard
`;
}

/** Comment on databases that populatedb made. */
const comment = 'loaded by npm run populatedb; may be replaced by it';

async function populate(file: FileToLoad, target: Connection, { replace }: PopulateOptions): Promise<void> {
  const { tools, maintenance } = await openServer(target);
  if (!replace && !(await isReplaceable(tools, maintenance, target))) throw notOurs(target.shown);
  const load = async (fresh: Connection): Promise<void> => {
    await file.through((bytes) => restoreFile(tools, fresh, { kind: 'anonymised', name: file.from }, bytes));
    await sql(tools, fresh, 'ANALYZE');
  };
  await replaceDatabase({ ...replacementWith(tools), maintenance, target, comment, load });
}

/** Whether a database does not exist, was made by populatedb, or is empty. */
async function isReplaceable(tools: ClientTools, maintenance: Connection, target: Connection): Promise<boolean> {
  const found = await sql(
    tools,
    maintenance,
    `SELECT coalesce(shobj_description(oid, 'pg_database'), 'no comment') FROM pg_database WHERE datname = ${literal(target.database)}`,
  );
  return found === '' || found === comment || isEmpty(tools, target);
}
