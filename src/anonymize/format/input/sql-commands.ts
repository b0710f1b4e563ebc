/** The words with which a statement begins. */

/** PostgreSQL manual, part VI, "SQL Commands"; `(` begins a SELECT in parentheses. */
const postgresqlCommands = new Set(
  `abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop
   end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release
   reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum values with`.split(
    /\s+/,
  ),
);

/** MySQL manual, "SQL Statements", and MariaDB's own; DELIMITER is the client's. */
const mysqlCommands = new Set(
  `alter analyze begin binlog cache call change check checksum commit create deallocate delete delimiter describe do drop execute
   explain flush grant handler import insert install kill load lock optimize prepare purge rename repair replace reset resignal
   revoke rollback savepoint select set show signal start stop table truncate uninstall unlock update use values with xa`.split(
    /\s+/,
  ),
);

function startsWith(commands: ReadonlySet<string>, sql: string): boolean {
  const word = /^[a-z]+(?![\w$])/i.exec(sql)?.[0];
  return word === undefined ? /^[(;]/.test(sql) : commands.has(word.toLowerCase());
}

/** @param sql without blanks and comments before it; its first 12 characters are enough */
export function startsWithPostgresqlCommand(sql: string): boolean {
  return startsWith(postgresqlCommands, sql);
}

/** @param sql without blanks and comments before it; its first 12 characters are enough */
export function startsWithMysqlCommand(sql: string): boolean {
  return startsWith(mysqlCommands, sql);
}
