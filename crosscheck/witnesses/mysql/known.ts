/** What one server cannot take from another, and what the vendor's own dump loses. */
import type { KnownDifference } from '../../points.ts';

export const known: readonly KnownDifference[] = [
  {
    point: /: definition of view shop\.a_dear$/,
    right: 'Holdfast',
    why: "The vendor's dump restores a view WITH CHECK OPTION before the later view that it names, on whose stand-in that is refused; it is then missing. db-dump orders views by what they name.",
    source: 'https://dev.mysql.com/doc/refman/8.4/en/view-updatability.html',
  },
  {
    point: /^MariaDB .* on MySQL 9: (ERROR 1231 .*NO_AUTO_CREATE_USER|definition of trigger modern\.(first|second)$)/,
    right: 'both',
    why: 'MariaDB gives triggers the mode NO_AUTO_CREATE_USER, which MySQL removed: there they get the mode of the restore, which in files of db-dump also allows invalid dates.',
    source: 'https://dev.mysql.com/doc/refman/8.0/en/mysql-nutshell.html',
  },
  {
    point: /^MariaDB .* sql\.gz on MySQL 9: (ERROR 3105 .*'papers'|rows of modern\.papers$)/,
    right: 'both',
    why: "mariadb-dump writes the values of generated columns, which MariaDB ignores and MySQL refuses: of the archive, such a table's rows do not come over; those of the anonymised file do.",
    source: 'https://dev.mysql.com/doc/refman/8.4/en/create-table-generated-columns.html',
  },
  {
    point: /^MariaDB .* on MySQL 9: (ERROR 1064 .*lcase|ERROR 1146 .*worked_out|rows of modern\.worked_out$)/,
    right: 'both',
    why: 'MariaDB writes a default that is an expression without parentheses, which MySQL requires: the table is not made.',
    source: 'https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html',
  },
  {
    point: /^MySQL .* on MariaDB 10\.\d+: ERROR 1273 .*utf8mb4_0900_ai_ci/,
    right: 'both',
    why: "MariaDB 10 does not know MySQL's collation utf8mb4_0900_ai_ci, with which a session there makes views and programs; they are made all the same. MariaDB 11.8 takes it.",
    source:
      'https://mariadb.com/docs/server/reference/data-types/string-data-types/character-sets/supported-character-sets-and-collations',
  },
];
