/**
 * What it says of a dump when a server refuses a statement of it: mostly something about the server, never that the file is
 * damaged. The codes are in the PostgreSQL manual, appendix A; psql shows them, pg_restore only the English message.
 */
import type { Refusal, RefusalReason } from '../../../../ports/dump-engine.ts';

export interface RefusalAdvice {
  readonly reason: RefusalReason;
  readonly likelyCause: string;
  readonly fix: string;
}

const otherServer = {
  likelyCause:
    'the server that restores is older than the source or the tools, or built without something that the database uses',
  fix: "restore on a server of the source's series or a newer one, built alike: install postgresql-SERIES, or give such a scratch-url",
} as const;

/** A kind of refusal. Where the code is known and the row has codes, they decide; otherwise the message does. */
interface Row extends RefusalAdvice {
  readonly code?: RegExp;
  readonly message: RegExp;
}

const leaveOut =
  'leave out scratch-url: Holdfast then restores on a server of its own, where the restoring role is a superuser; or set scratch-superuser: true when the server in scratch-url is there for this job alone';

/** Instead of `leaveOut`, where the restore was on such a server: then nothing is left that Holdfast could do. */
const readMessage =
  'read the message (docs/runbook.md#a-restore-is-refused): what it names could not be made on the server for the proof, although that is there for the copy alone. The archive is kept';

/** The first row that matches counts. */
const rows: readonly Row[] = [
  {
    // Words of a function's author say nothing of the server (PL/pgSQL's RAISE).
    reason: 'definition',
    code: /^P0001$/,
    message: /(?!)/,
    likelyCause:
      'a function of the database refuses it with a message of its own: during a restore it does not find what it expects, such as rows or a search_path',
    fix: 'read its message, and mend the function in the source (docs/runbook.md#a-restore-is-refused); until then a restore lacks what is named here',
  },
  {
    // postgres_fdw, dblink and other wrappers. A lost connection to the server that restores has other codes, or none.
    reason: 'foreign',
    code: /^(08001|HV00N)$/,
    message: /^could not connect to server "|^could not establish connection$/i,
    likelyCause:
      'a view or function reads a foreign server, which the server for the proof cannot reach (one of its own has no network)',
    fix: 'such a view cannot be filled there; the archive is kept, and a server that reaches the foreign one can restore it whole',
  },
  {
    reason: 'connection',
    code: /^(08...|57P0[1-5])$/,
    message:
      /server closed the connection|connection to server|no connection to the server|could not (connect|send data|receive data)|terminating connection|SSL (SYSCALL|connection)|the database system is|connection not open|lost synchronization/i,
    likelyCause: 'the connection to the server that restores broke, or the server went down',
    fix: "run again; look at the server's log when it happens again",
  },
  {
    reason: 'resources',
    code: /^(53...|58030)$/,
    message:
      /No space left|out of memory|out of shared memory|disk full|too many (connections|clients|open files)|could not (extend|write|fsync) (file|block|to file)|remaining connection slots|configuration_limit_exceeded|memory exhausted/i,
    likelyCause: 'the server that restores ran out of disk space, memory or connections',
    fix: 'use a larger runner or scratch server: a restore takes about the size of the database, and room for its indexes',
  },
  {
    reason: 'locked',
    code: /^(55P03|40P01|40001|55006)$/,
    message: /lock timeout|could not obtain lock|deadlock detected|is being accessed by other users/i,
    likelyCause: 'something else on the scratch server held what the restore needed',
    fix: 'give the proof a scratch server that nobody else uses, or leave out scratch-url',
  },
  {
    reason: 'time',
    code: /^(57014|25P0[34]|57P05)$/,
    message: /statement timeout|transaction timeout|idle-in-transaction timeout|canceling statement/i,
    likelyCause: 'a time limit of the scratch server ended the statement, or somebody cancelled it',
    fix: 'lift statement_timeout and its siblings on the scratch server',
  },
  {
    reason: 'extension',
    message:
      /extension "[^"]*" (is not available|does not exist|has no (installation script|update path)|must be installed)|could not open extension control file|required extension|must be loaded via "?shared_preload_libraries|no such extension/i,
    likelyCause: 'the server that restores lacks an extension that the database uses, or has another version of it',
    fix: 'install the package of the extension (postgresql-SERIES-NAME) before this step, or give a scratch-url with an image that has it, as a superuser (scratch-superuser: true)',
  },
  {
    reason: 'library',
    message:
      /could not (access|load|open|find) (file "|library|function ".*" in file)|could not find function|No such file or directory/i,
    likelyCause: 'the server that restores lacks a library or a file that the database names',
    fix: 'install the package that holds the library before this step, or give a scratch-url with an image that has it',
  },
  {
    reason: 'tablespace',
    message: /tablespace "[^"]*" does not exist/i,
    likelyCause: 'the dump names a tablespace that the server that restores does not have',
    fix: leaveOut,
  },
  {
    reason: 'role',
    message: /role "[^"]*" does not exist|unrecognized role/i,
    likelyCause: 'definitions name a role that the server that restores does not have',
    fix: `${leaveOut}. Missing roles are made there`,
  },
  {
    reason: 'language',
    message: /language "[^"]*" does not exist/i,
    likelyCause: 'the server that restores lacks a procedural language that the database uses',
    fix: 'install its package (postgresql-plpython3-SERIES, postgresql-plperl-SERIES) before this step, or give a scratch-url with an image that has it',
  },
  {
    reason: 'rights',
    code: /^(42501|28...|0L...|0P...)$/,
    message:
      /permission denied|must be (superuser|owner|a member|able to)|must have (privileges|CREATE|admin)|only (superusers?|roles with)|not allowed to|is not trusted|to create a cast|password is required/i,
    likelyCause: 'the restoring role may not do that on the scratch server',
    fix: leaveOut,
  },
  {
    reason: 'version',
    message: /unrecognized parameter "pg_attver"/i,
    likelyCause:
      'pg_dump is of an older release than the server that it dumped, and took numbers that this server keeps for itself (since 15.20 and 17.12) for settings',
    fix: 'update the dump tools where the dump runs: sudo apt-get install --only-upgrade -y postgresql-client-SERIES',
  },
  {
    reason: 'version',
    // The functions are those of the release notes of PostgreSQL 14, "Migration to Version 14".
    message: /function (pg_catalog\.)?"?(array_\w+|width_bucket)"?\(.*any(array|element).*\) does not exist/i,
    likelyCause:
      'since PostgreSQL 14, functions on arrays such as array_append take anycompatiblearray; the definition names one in its older form, and the server that restores is of a newer series than the source',
    fix: "restore on a server of the source's series: install postgresql-SERIES, or give such a scratch-url. Before the source is upgraded, define it anew with anycompatiblearray",
  },
  {
    reason: 'version',
    message:
      /unrecognized (configuration parameter|parameter|privilege|\S+ option)|syntax error|is not supported|not supported by this|unsupported (frontend|version)|locale provider|invalid locale name|collation "[^"]*" for encoding|access method "[^"]*" does not exist|type "[^"]*multirange" does not exist/i,
    ...otherServer,
  },
  { reason: 'version', code: /^(0A...|42601|F0...)$/, message: /^feature not supported/i, ...otherServer },
  {
    reason: 'rows',
    code: /^(22...|23...|44000|42P10)$/,
    message:
      /violates (check|foreign key|not-null|unique|exclusion) constraint|duplicate key value|could not create (unique|exclusion)|violates .*constraint|conflicting key value|invalid (input syntax|byte sequence)|out of range|value too long|no partition of relation|is violated by some row|contains null values|invalid input value|duplicate row/i,
    likelyCause:
      'the source holds rows that its own constraints refuse: a constraint or function was changed after they were written, a check was bypassed (session_replication_role), an index is damaged or its collation changed. PostgreSQL cannot restore such a database as it is',
    fix: 'mend the rows or the constraint in the source (docs/runbook.md#a-restore-is-refused); the archive is kept and can be restored but for what is named here',
  },
  {
    reason: 'definition',
    code: /^(42|2B|3F|3D|P0|2F|38|39|54|55)...$/,
    message:
      /(function|operator|type|relation|column|schema|table|collation|constraint|index|view|sequence|text search \w+|cast|aggregate|domain|trigger|publication|server|foreign-data wrapper|event trigger|access method|language|policy)\b.* (does not exist|already exists)|syntax error|is not unique|cannot|does not match|no schema has been selected|must be|invalid|no unique constraint matching|depend/i,
    likelyCause:
      'the definition only works in the source: it names something without its schema (pg_dump restores with an empty search_path), or something that was dropped or changed since',
    fix: 'mend the definition in the source, for example with the schema in front of each name (docs/runbook.md#a-restore-is-refused); until then a restore lacks what is named here',
  },
];

const unknown: RefusalAdvice = {
  reason: 'unknown',
  likelyCause: 'the server that restores cannot take this statement; the file itself is whole',
  fix: 'read the message (docs/runbook.md#a-restore-is-refused); the archive is kept',
};

/** @param refusal message and SQLSTATE as the tool showed them */
export function adviceOnRefusal({ message, code }: Pick<Refusal, 'message' | 'code'>): RefusalAdvice {
  const row = rows.find((one) =>
    code !== undefined && one.code !== undefined ? one.code.test(code) : one.message.test(message),
  );
  if (row === undefined) return unknown;
  const { reason, likelyCause, fix } = row;
  return { reason, likelyCause, fix };
}

/** The refusal as it is told of a server that is there for the copy alone: nobody is sent where the restore already was. */
export function whereAlone(refusal: Refusal): Refusal {
  return refusal.fix?.includes(leaveOut) === true ? { ...refusal, fix: readMessage } : refusal;
}
