/** What pg_dump says although it succeeds: what it left out of the archive. */

/** Characters of its messages that are read, and warnings of one dump that are told. */
export const readCharacters = 65_536;
const maxWarnings = 20;
/** Characters of one warning. */
const maxLength = 400;

/** Programs of PostgreSQL 12 and newer print their messages so (src/common/logging.c); details and hints follow on lines of their own. */
const messageLine = /^pg_dump: (?:(warning|error|detail|hint|info): +)?(.*)$/;
/** It concerns only data restored without the definitions; Holdfast dumps both, and constraints come last. */
const circular = /^there are circular foreign-key constraints/;

/** @param errors what pg_dump wrote to standard error, or its beginning @returns its warnings, each with its details and hints */
export function warningsOfPgDump(errors: string): readonly string[] {
  const found: string[][] = [];
  let current: string[] | undefined;
  for (const line of errors.split('\n')) {
    const [, kind, text = ''] = messageLine.exec(line) ?? [];
    if (kind === 'warning') {
      current = [text.trim()];
      found.push(current);
      // What follows a line of another program or of the server belongs to that.
    } else if (text === '' || kind === 'error') current = undefined;
    else current?.push(text.trim());
  }
  const told = found
    .filter(([first = '']) => !circular.test(first))
    .map((lines) => `pg_dump warns: ${lines.join('; ').replace(':; ', ': ')}`.slice(0, maxLength));
  const more = told.length - maxWarnings;
  return more > 0 ? [...told.slice(0, maxWarnings), `pg_dump warns ${more} more times`] : told;
}
