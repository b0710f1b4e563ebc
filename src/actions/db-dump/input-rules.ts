/** The rules over several inputs of db-dump: which of them an engine has, and which exclude or need each other. */
import type { EngineName } from '../../domain/engine.ts';
import type { GivenConnection } from './connections.ts';

/** What the rules look at; undefined for what could not be parsed. */
export interface RuledSettings {
  readonly engine?: EngineName;
  readonly databaseUrl?: GivenConnection | undefined;
  readonly listDatabases?: boolean;
  readonly keepForever?: boolean;
  readonly proveAgain?: string;
  readonly prove?: readonly unknown[];
  readonly oplog?: string;
  readonly users?: boolean;
  readonly archiveFormat?: string;
  readonly databases?: readonly string[];
}

type Given = (name: string) => boolean;

/** The inputs that not every engine has. */
const enginesOf: Readonly<Record<string, readonly EngineName[]>> = {
  instance: ['postgres', 'mongodb'],
  database: ['postgres'],
  'host-user': ['postgres'],
  'host-port': ['postgres', 'mongodb'],
  'host-folder': ['postgres', 'mongodb'],
  'keep-on-host': ['postgres', 'mongodb'],
  'host-timeout': ['postgres', 'mongodb'],
  'scratch-superuser': ['postgres'],
  'list-databases': ['postgres'],
  'archive-level': ['postgres'],
  jobs: ['postgres'],
  compression: ['postgres', 'mysql'],
  'lock-timeout': ['postgres', 'mysql'],
  databases: ['mysql', 'mongodb'],
  'kube-service': ['mysql', 'mongodb'],
  'kube-pod': ['mysql', 'mongodb'],
  'kube-namespace': ['mysql', 'mongodb'],
  'kube-context': ['mysql', 'mongodb'],
  'kube-container': ['mysql', 'mongodb'],
  'host-config': ['mongodb'],
  oplog: ['mongodb'],
  users: ['mongodb'],
};

/** @param changed whether an input says something else than its default, which GitHub gives, too */
export function engineProblems({ engine }: RuledSettings, changed: Given): readonly string[] {
  if (engine === undefined) return [];
  return Object.entries(enginesOf)
    .filter(([name, engines]) => !engines.includes(engine) && changed(name))
    .map(([name, engines]) => `${name}: the engine ${engine} does not have it; allowed: with ${engines.join(' and ')}`);
}

/** What proving a kept dump excludes. */
export function againProblems({ listDatabases = false, prove }: RuledSettings, given: Given): readonly string[] {
  if (!given('prove-again')) return [];
  return [
    ...(listDatabases ? ['prove-again: list-databases is given too; allowed: one of them'] : []),
    ...(prove?.length === 0 ? ['prove: with prove-again, a file at least must be proven; allowed: not none'] : []),
  ];
}

/** Pin, label and version are of the dump that a run makes. */
export function markProblems(
  { listDatabases = false, keepForever = false }: RuledSettings,
  given: Given,
): readonly string[] {
  const instead = given('prove-again') ? 'prove-again' : listDatabases ? 'list-databases' : undefined;
  if (instead === undefined) return [];
  return [...(keepForever ? ['keep-forever'] : []), ...['label', 'application-version'].filter(given)].map(
    (name) =>
      `${name}: no dump is made with ${instead}; allowed: without it (npm run restore -- --pin marks a kept dump)`,
  );
}

/** Where the database is, and how it is reached. A kept dump is proven without it, whatever the inputs say of it. */
export function placeProblems(settings: RuledSettings, given: Given): readonly string[] {
  const { engine = 'postgres' } = settings;
  if (given('prove-again')) return [];
  if (engine === 'postgres') return hostProblems(given);
  return engine === 'mongodb' && given('instance') ? mongoHostProblems(settings, given) : podProblems(engine, given);
}

/** What a host does not do with MongoDB: it has no part of a dump that needs the driver. */
function mongoHostProblems({ oplog, users = false, archiveFormat }: RuledSettings, given: Given): readonly string[] {
  const problems = ['database-url', 'kube-service', 'kube-pod', 'kube-namespace', 'kube-context', 'kube-container']
    .filter(given)
    .map((name) => `${name}: instance is given too; allowed: one of them`);
  if (oplog === 'true') problems.push('oplog: a dump on an instance has none; allowed: auto or false with instance');
  if (users) problems.push('users: a dump on an instance leaves them out; allowed: false with instance');
  if (archiveFormat === 'archive')
    problems.push('archive-format: an instance makes no archive stream; allowed: tarball with instance');
  return problems;
}

function hostProblems(given: Given): readonly string[] {
  const problems: string[] = [];
  if (!given('database-url') && !given('instance'))
    problems.push('database-url: it is missing; allowed: a URL, or instance and database');
  if (given('database-url') && given('instance'))
    problems.push('instance: database-url is given too; allowed: one of them');
  if (given('instance') && !given('database')) problems.push('database: it is needed with instance; allowed: its name');
  if (!given('instance') && !given('database-url') && given('database'))
    problems.push('database: it needs instance or database-url; allowed: only with one of them');
  if (!given('instance') && given('container'))
    problems.push('container: it needs instance; allowed: only with instance, or with the engines mysql and mongodb');
  return problems;
}

function podProblems(engine: EngineName, given: Given): readonly string[] {
  const problems: string[] = [];
  const pod = given('kube-service') || given('kube-pod');
  if (given('kube-service') && given('kube-pod'))
    problems.push('kube-pod: kube-service is given too; allowed: one of them');
  for (const name of ['kube-namespace', 'kube-context', 'kube-container'])
    if (given(name) && !pod)
      problems.push(`${name}: it needs kube-service or kube-pod; allowed: only with one of them`);
  if (given('container') && pod)
    problems.push(
      'container: it is a container of the runner, and kube-service or kube-pod is given too; allowed: one of them',
    );
  // A server in a pod may ask its own clients for no password.
  if (!given('database-url') && !(engine === 'mongodb' && (pod || given('container'))))
    problems.push(
      `database-url: it is missing; allowed: a URL of ${engine}, as the server is called ${pod || given('container') ? 'there' : 'from the runner'}`,
    );
  return problems;
}

/** Which databases of a server are dumped. */
export function choiceProblems(settings: RuledSettings, given: Given): readonly string[] {
  const { engine, databaseUrl, listDatabases = false, databases = [], oplog } = settings;
  const problems: string[] = [];
  const named = databaseUrl?.database;
  if (engine === 'postgres') {
    if (listDatabases && given('instance'))
      problems.push('list-databases: it asks the server that database-url names; allowed: without instance');
    if (listDatabases && given('database'))
      problems.push('database: list-databases is given too; allowed: one of them');
    if (!listDatabases && given('exclude-databases'))
      problems.push('exclude-databases: a dump of PostgreSQL is one of one database; allowed: with list-databases');
    return problems;
  }
  for (const name of ['databases', 'exclude-databases'])
    if (given(name) && named !== undefined)
      problems.push(`${name}: database-url names the database ${named}; allowed: only with a URL without one`);
  if (oplog === 'true' && (named !== undefined || databases.length > 0))
    // mongodump's manual: "--oplog … only works on a complete dump".
    problems.push(
      'oplog: it needs a dump of the whole server; allowed: true without databases and with a URL without one',
    );
  return problems;
}
