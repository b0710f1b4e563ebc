/** The own database before names, in a dump that is restored into any database. */
import { expect, test } from '@jest/globals';
import { normalView } from '../../../../src/dump/engines/mysql/fingerprint/normal-form.ts';
import { readArchived } from '../../../../src/dump/engines/mysql/sql/archived.ts';
import { portable } from '../../../../src/dump/engines/mysql/sql/definers.ts';
import { withoutOwnDatabase } from '../../../../src/dump/engines/mysql/sql/own-database.ts';

async function* source(text: string) {
  yield Buffer.from(text);
}

async function made(text: string, database?: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of portable(source(text), database)) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** In a database `o`. */
const qualified: readonly (readonly [what: string, written: string, expected: string])[] = [
  ['a column of a table, with its database', 'select `o`.`t`.`a` AS `a` from `t`', 'select `t`.`a` AS `a` from `t`'],
  ['a table of the same name', 'select `o`.`o`.`a` AS `a` from `o`.`o`', 'select `o`.`a` AS `a` from `o`'],
  [
    'tables that are joined',
    'select 1 AS `1` from ((`o`.`t` `o` join `o`.`u` on(`o`.`a` = `o`.`b`)) left join (`o`.`v` straight_join `p`.`w`) on((`o`.`c` = 1)))',
    'select 1 AS `1` from ((`t` `o` join `u` on(`o`.`a` = `o`.`b`)) left join (`v` straight_join `p`.`w`) on((`o`.`c` = 1)))',
  ],
  ['a function', 'select `o`.`f`(`o`.`a`,`o`.`g`()) AS `x` from `o`', 'select `f`(`o`.`a`,`g`()) AS `x` from `o`'],
  [
    'a sequence',
    'CREATE TABLE `t` (\n  `a` int DEFAULT nextval(`o`.`s`),\n  `b` int DEFAULT (next value for `o`.`s`))',
    'CREATE TABLE `t` (\n  `a` int DEFAULT nextval(`s`),\n  `b` int DEFAULT (next value for `s`))',
  ],
  [
    'another table',
    'CREATE TABLE `t` (\n CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `o`.`u` (`a`)) ENGINE=MRG_MyISAM UNION=(`o`.`a`,`o`.`b`)',
    'CREATE TABLE `t` (\n CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `u` (`a`)) ENGINE=MRG_MyISAM UNION=(`a`,`b`)',
  ],
];

/** As the server writes columns of a table or an alias `o`. */
const unqualified: readonly (readonly [what: string, written: string])[] = [
  [
    'columns',
    'select `o`.`id` AS `id`,`o`.`n` AS `n` from `o` where exists(select 1 from `i` where `i`.`o_id` = `o`.`id` limit 1) order by `o`.`id`',
  ],
  [
    'columns in brackets',
    'select (`o`.`a`),((`o`.`b`) + 1) in (`o`.`c`,`o`.`d`) from (`o` join `i` on(`o`.`a` = `i`.`a`)) group by `o`.`a`,`o`.`b`',
  ],
  [
    'parts of dates and texts',
    "select extract(year from `o`.`at`),trim(both ' ' from `o`.`a`),`o`.`a` is distinct from `o`.`b` from `o`",
  ],
  [
    'columns of a query that is joined',
    'select straight_join `o`.`a` AS `a` from (select distinct `o`.`a` AS `a`,`o`.`b` AS `b` from `t` `o`) `o`',
  ],
  ['texts', 'select \'from `o`.`t`\' AS `o`,"`o`.`f`(" AS `x` from `o`'],
  ['an index', 'CREATE TABLE `o` (\n  `a` text,\n  CHECK (`o`.`a` > 0),\n  KEY `k` (`a`(10)))'],
];

test.each(qualified)('the own database goes before %s', (_, written, expected) => {
  expect(withoutOwnDatabase(written, '`o`')).toBe(expected);
});

test.each(unqualified)('the name of a table or an alias stays before %s', (_, written) => {
  expect(withoutOwnDatabase(written, '`o`')).toBe(written);
});

test('a view in a database of the name of its table is dumped as it is, and told from one that has lost a table', async () => {
  const view = (where: string): string =>
    `/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=\`a\`@\`x\` SQL SECURITY DEFINER */\n/*!50001 VIEW \`v\` AS select \`o\`.\`id\` AS \`id\` from \`o\` where exists(select 1 from \`i\` where ${where} limit 1) */;\n-- Dump completed\n`;
  const whole = view('`i`.`o_id` = `o`.`id`');
  expect(await made(whole, 'o')).toBe(whole.replace('DEFINER=`a`@`x` ', ''));
  const read = async (sql: string) => (await readArchived(source(sql), 'o', 'mariadb')).definitions.get('VIEW o.v');
  expect(await read(whole)).not.toBe(await read(view('`i`.`o_id` = `id`')));
  expect(normalView('CREATE VIEW `v` AS select `o`.`i`.`id` AS `id` from `o`.`i`', 'o')).toBe(
    'CREATE VIEW `v` AS select `i`.`id` AS `id` from `i`',
  );
});

test('the character set of the database is set without its name, where the dump names none', async () => {
  const alter = (database: string, end = ';'): string =>
    `ALTER DATABASE ${database}CHARACTER SET latin1 COLLATE latin1_swedish_ci ${end}\n`;
  const dump = `${alter("`Zoë's ``o` ")}DELIMITER ;;\n${alter("`Zoë's ``o` ", ';;')}${alter('`p` ', ';;')}DELIMITER ;\n`;
  expect(await made(dump, "Zoë's `o")).toBe(
    `${alter('')}DELIMITER ;;\n${alter('', ';;')}${alter('`p` ', ';;')}DELIMITER ;\n`,
  );
  expect(await made(dump)).toBe(dump);
});

test.each([
  ['`o`.`bi` BEFORE INSERT ON `o`.`t`', '`bi` BEFORE INSERT ON `t`'],
  ['o.bi\nbefore insert on o . t', 'bi\nbefore insert on t'],
  ['IF NOT EXISTS "o"."b.i" AFTER UPDATE ON "o"."t"', 'IF NOT EXISTS "b.i" AFTER UPDATE ON "t"'],
  ['`größe`.`bi` AFTER DELETE ON größe.`t`', '`bi` AFTER DELETE ON `t`'],
  ['bi BEFORE INSERT ON t', 'bi BEFORE INSERT ON t'],
])('a trigger belongs to the current database: %j', async (head, expected) => {
  const trigger = (words: string): string =>
    `DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER ${words} FOR EACH ROW SET NEW.u = (SELECT 1 FROM \`o\`.\`t\`) */;;\nDELIMITER ;\n`;
  const definer = '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ ';
  const written = trigger(head).replace('/*!50003 CREATE*/ ', definer);
  expect(await made(written, 'o')).toBe(trigger(expected));
  expect(await made(written)).toBe(trigger(head));
});
