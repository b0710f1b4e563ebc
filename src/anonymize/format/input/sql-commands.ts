/** The words with which a statement begins. */

/** PostgreSQL manual, part VI, "SQL Commands"; `(` begins a SELECT in parentheses. */
const commands = new Set(
  `abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop
   end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release
   reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum values with`.split(
    /\s+/,
  ),
);

/** @param sql without blanks and comments before it; its first 12 characters are enough */
export function startsWithCommand(sql: string): boolean {
  const word = /^[a-z]+(?![\w$])/i.exec(sql)?.[0];
  return word === undefined ? /^[(;]/.test(sql) : commands.has(word.toLowerCase());
}
