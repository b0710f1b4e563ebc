/** By what each product's dump is known to be complete. */

export interface EndMarks {
  /** The last line, as messages quote it. */
  readonly footer: string;
  /** Line of the first comment of a dump; undefined where a second dump has statements that the rest cannot be mistaken for. */
  readonly header: string | undefined;
  /** The shortest comment that matters, in bytes. */
  readonly shortest: number;
  /** @returns where in comments between statements a last line is; -1 when there is none */
  footerIn(comments: Buffer): number;
  /** Whether the statement is one with which a dump ends that has no comments. */
  isLast(statement: string): boolean;
  /** Whether a statement behind the end belongs to it, and is not worth a word. */
  isTail(statement: string): boolean;
  readonly rows: RegExp;
}

const postgresqlFooter = '-- PostgreSQL database dump complete';
/** The last line of pg_dumpall. */
export const clusterFooter = '-- PostgreSQL database cluster dump complete';
const postgresqlHeader = '-- PostgreSQL database dump\n';

export const postgresqlEnd: EndMarks = {
  footer: postgresqlFooter,
  header: postgresqlHeader,
  shortest: postgresqlHeader.length,
  footerIn: (comments) => comments.lastIndexOf(postgresqlFooter),
  isLast: () => false,
  isTail: () => false,
  rows: /^(copy|insert)\b/i,
};

const mysqlFooter = '-- Dump completed';
/** mysqlpump's last line; and Adminer's, which is nothing but the time. */
const otherFooters = /^-- Dump end time: |^-- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d( UTC)?\s*$/m;
/**
 * What mysqldump (write_footer in mysqldump.c, also without comments), HeidiSQL and phpMyAdmin put back at their very end: the
 * notes, and phpMyAdmin the collation, which others follow with the notes.
 */
const lastStatement =
  /^set\s+(sql_notes\s*=\s*(ifnull\s*\(\s*)?@old_sql_notes|collation_connection\s*=\s*@old_collation)/i;

export const mysqlEnd: EndMarks = {
  footer: mysqlFooter,
  header: undefined,
  shortest: mysqlFooter.length,
  footerIn: (comments) => {
    const at = comments.lastIndexOf(mysqlFooter);
    return at >= 0 ? at : comments.toString('latin1').search(otherFooters);
  },
  isLast: (statement) => lastStatement.test(statement),
  isTail: (statement) => /^set\b/i.test(statement),
  rows: /^(insert|replace)\b/i,
};
