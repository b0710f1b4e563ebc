/** How dumps of MySQL and MariaDB begin. */

/**
 * Conditional comments; and the first line of mysqldump, mariadb-dump, mysqlpump, phpMyAdmin, Adminer, HeidiSQL, Navicat and
 * Sequel Ace, as their sources write it.
 */
const banner =
  /^(\/\*M?!\d{5,6}|(-- |\/\* ?)(MySQL|MariaDB|mysqldump|mydumper|phpMyAdmin|Adminer [\d.]+ (MySQL|MariaDB)|Dump created by MySQL|Percona)|#\s*(HeidiSQL|\*+\s*\n#\s*Sequel)|-- Host: .*\n?.*Database:|(--[^\n]*\n){1,4}-- HeidiSQL|\/\*\s*Navicat[\s\S]{0,400}?:\s*(MySQL|MariaDB)\b)/i;

/** A variable of the session, with which MySQL Workbench's files begin: PostgreSQL has none. */
const sessionVariable = /^(--[^\n]*\n|\/\*[\s\S]*?\*\/;?|\s|set names \w+;)*set @\w+ ?= ?@@/i;

/** Names in backquotes, which only MySQL and MariaDB know. */
const quotedName =
  /^(--[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/;?|\s|set [\w@ =,'.:+-]+;|start transaction;|delimiter [^\n]*\n)*(create (table|database|schema|algorithm|definer)( if not exists)?|(insert|replace)( ignore)? into|drop (table|database|view|schema)( if exists)?|lock tables|use|alter table) ?=? ?`/i;

/** @param text the beginning of the file, without what other programs wrote before it */
export function beginsLikeMysql(text: string): boolean {
  const begin = text.trimStart();
  return banner.test(begin) || sessionVariable.test(begin) || quotedName.test(begin);
}
