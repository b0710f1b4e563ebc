/**
 * Whether anything was changed, and maybe changed back, between the two readings of the source. The server counts the
 * statements that it begins, by their kind (MySQL manual, "Com_xxx"): those of routines, of prepared statements and of threads
 * that replicate as well. It forgets them when it stops, so what they say after a restart is what ran since.
 */
import type { Changes, Definitions } from '../../domain/definitions.ts';

const accounts = [
  ...['grant', 'revoke', 'revoke_all', 'create_user', 'drop_user', 'rename_user', 'alter_user', 'set_password'],
  ...[
    'create_role',
    'drop_role',
    'grant_role',
    'grant_roles',
    'revoke_role',
    'revoke_roles',
    'alter_user_default_role',
  ],
  // With a routine come and go the rights on it.
  ...['create_procedure', 'drop_procedure', 'create_function', 'drop_function', 'create_package', 'drop_package'],
];
const routines = [
  ...['create_procedure', 'drop_procedure', 'alter_procedure', 'create_function', 'drop_function'],
  ...['alter_function', 'create_package', 'drop_package', 'create_package_body', 'drop_package_body', 'drop_db'],
  ...['create_library', 'alter_library', 'drop_library'],
];
const renames = ['rename_table', 'alter_table'];

/** Statements that may change an object of this kind without a trace in its time of change. */
const always: Readonly<Record<string, readonly string[]>> = {
  database: ['create_db', 'drop_db', 'alter_db', 'alter_db_upgrade'],
  view: ['create_view', 'drop_view', 'drop_db', ...renames],
  // An index that MySQL 8 hides or a default that it changes at once leaves the time as it was.
  table: ['create_index', 'drop_index', ...renames],
  sequence: ['create_sequence', 'drop_sequence', 'alter_sequence', 'drop_db', ...renames],
  trigger: renames,
  account: accounts,
  server: ['create_server', 'alter_server', 'drop_server'],
  'function of a library': ['create_function', 'create_udf', 'drop_function'],
  plugin: ['install_plugin', 'uninstall_plugin'],
  component: ['install_component', 'uninstall_component'],
};

/** Those that the time of change tells of, where the server has one. */
const timed: Readonly<Record<string, readonly string[]>> = {
  table: ['create_table', 'drop_table', 'drop_db'],
  trigger: ['create_trigger', 'drop_trigger', 'create_table', 'drop_table', 'drop_db'],
  event: ['create_event', 'alter_event', 'drop_event', 'drop_db'],
  ...Object.fromEntries(
    ['procedure', 'function', 'package', 'package body', 'library'].map((kind) => [kind, routines]),
  ),
};

/** Seconds by which the start of one server may seem to differ: both its uptime and the time are whole seconds. */
const startSlack = 3;

/** @returns statements that ran between the readings, by their names; undefined where the server did not say */
function ranBetween(before: Changes | undefined, after: Changes | undefined): ReadonlySet<string> | undefined {
  if (before === undefined || after === undefined) return undefined;
  const same = (name: 'started' | 'flushed'): boolean => Math.abs(before[name] - after[name]) <= startSlack;
  const restarted = !same('started');
  // The counters were reset, and what they held is lost.
  if (!restarted && !same('flushed')) return undefined;
  const names = new Set([...Object.keys(before.from), ...Object.keys(after.to)]);
  return new Set([...names].filter((name) => (after.to[name] ?? 0) !== (restarted ? 0 : (before.from[name] ?? 0))));
}

/** @returns a question to ask of each object: why it may have been changed and changed back, or undefined */
export function changedBack(
  before: Definitions,
  after: Definitions,
): (kind: string, hasTime: boolean) => string | undefined {
  const ran = ranBetween(before.changes, after.changes);
  return (kind, hasTime) => {
    const statements = [...(always[kind] ?? []), ...(hasTime ? [] : (timed[kind] ?? []))];
    if (statements.length === 0) return undefined;
    if (ran === undefined) return 'the server did not say which statements ran while the backup was taken';
    const [first] = statements.filter((name) => ran.has(name));
    if (first === undefined) return undefined;
    const words = first.replaceAll('_', ' ').toUpperCase().replace(' DB', ' DATABASE');
    return `${words} ran on the source while the backup was taken: it may have been changed and changed back`;
  };
}

const counter = /^Com_(\w+)$/i;

/** @param text rows of SHOW GLOBAL STATUS, and one of the server's time; undefined where a row is missing */
function statusOf(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([name = '', value = '']) =>
        /^\d+$/.test(value) ? [[name.toLowerCase(), Number(value)] as const] : [],
      ),
  );
}

function counters(status: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...status].flatMap(([name, value]) => {
      const statement = counter.exec(name)?.[1];
      return statement === undefined || value === 0 ? [] : [[statement, value]];
    }),
  );
}

/** @param status what the server counted when the reading began, and when it ended */
export function readChanges(status: { readonly from: string; readonly to: string } | undefined): Changes | undefined {
  if (status === undefined) return undefined;
  const [from, to] = [statusOf(status.from), statusOf(status.to)];
  const now = from.get('now');
  const uptime = from.get('uptime');
  if (now === undefined || uptime === undefined || !to.has('now') || !from.has('com_create_view')) return undefined;
  return {
    started: now - uptime,
    flushed: now - (from.get('uptime_since_flush_status') ?? uptime),
    from: counters(from),
    to: counters(to),
  };
}
