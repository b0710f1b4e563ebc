/** The SQL of a dump tool: split into statements, made portable, and read. */
import { expect, test } from '@jest/globals';
import { normalTrigger } from '../../../../src/dump/engines/mysql/fingerprint/trigger.ts';
import { readArchived } from '../../../../src/dump/engines/mysql/sql/archived.ts';
import { portable } from '../../../../src/dump/engines/mysql/sql/definers.ts';
import { Splitter, splitStatements } from '../../../../src/dump/engines/mysql/sql/splitter.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function made(text: string, size = 1000): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of portable(inPieces(text, size))) parts.push(part);
  return Buffer.concat(parts).toString();
}

const dump = [
  '/*M!999999\\- enable the sandbox mode */ ',
  '-- MariaDB dump',
  "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;",
  'CREATE TABLE `t` (',
  "  `a;b` int(11) DEFAULT 0 COMMENT 'x;\\'',",
  '  PRIMARY KEY (`a;b`)',
  ') ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8;',
  "INSERT INTO `t` VALUES (1,'CREATE DEFINER=`x`@`y` PROCEDURE p'),",
  "(2,'a\\';\\n');",
  'DELIMITER ;;',
  'CREATE DEFINER=`joe; x`@`%` PROCEDURE `p`()',
  "begin select 'a;;",
  "CREATE DEFINER=`x`@`y` PROCEDURE q'; end",
  ';;',
  '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x=1 */;;',
  'DELIMITER ;',
  '/*!50001 DROP VIEW IF EXISTS `a`*/;',
  '/*!50001 CREATE ALGORITHM=UNDEFINED */',
  '/*!50013 DEFINER=`lab`@`%` SQL SECURITY DEFINER */',
  '/*!50001 VIEW `a` AS select * from `b` */;',
  '/*!50001 DROP VIEW IF EXISTS `b`*/;',
  '/*!50001 CREATE ALGORITHM=MERGE */',
  '/*!50013 DEFINER=`lab`@`%` SQL SECURITY INVOKER */',
  '/*!50001 VIEW `b` AS select 1 AS `n` */;',
  '/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;',
  '',
  '-- Dump completed on 2026-11-26',
  '',
].join('\n');

test('definers and the first line of MariaDB go, and nothing within quotes', async () => {
  const text = await made(dump);
  expect(text.startsWith('-- MariaDB dump\n')).toBe(true);
  expect(text.match(/DEFINER=/g)).toHaveLength(2);
  expect(text).toContain("(1,'CREATE DEFINER=`x`@`y` PROCEDURE p')");
  expect(text).toContain("CREATE DEFINER=`x`@`y` PROCEDURE q'; end");
  expect(text).toContain('\nCREATE PROCEDURE `p`()\n');
  expect(text).toContain('/*!50003 CREATE*/ /*!50003 TRIGGER tr');
  expect(text).toContain('/*!50013 SQL SECURITY INVOKER */');
});

test('dates that a server keeps are kept in the restore, too', async () => {
  expect(await made(dump)).toContain("SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES' */;");
});

test('a view follows those that it names, and what comes after the views stays there', async () => {
  const text = await made(dump);
  const places = ['VIEW `b` AS', 'VIEW `a` AS', 'SET TIME_ZONE', '-- Dump completed'].map((word) => text.indexOf(word));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
});

test('the size of the pieces that arrive does not matter', async () => {
  const whole = await made(dump);
  for (const size of [1, 2, 3, 7, 64, 129]) expect(await made(dump, size)).toBe(whole);
});

test('every byte is in one piece, and rows are told from statements', async () => {
  const parts: [string, string][] = [];
  for await (const { kind, bytes } of splitStatements(inPieces(dump, 11))) parts.push([kind, bytes.toString()]);
  expect(parts.map(([, text]) => text).join('')).toBe(dump);
  const rows = parts.filter(([kind]) => kind === 'rows').map(([, text]) => text);
  expect(rows.join('')).toMatch(/^INSERT INTO `t` VALUES [\s\S]*\);\n$/);
  const statements = parts.filter(([kind]) => kind === 'statement').map(([, text]) => text);
  expect(statements.find((text) => text.startsWith('CREATE DEFINER=`joe'))).toMatch(/ end\n;;\n$/);
});

test('rows are passed on as they come, before the end of their line', () => {
  const splitter = new Splitter();
  const pushed = ['INSERT INTO `t` VALUES (1', ",'a;", "'),(2", ',3);\nSET x = 1;\n'].map((text) =>
    [...splitter.push(Buffer.from(text))].map(({ kind, bytes }) => `${kind}: ${bytes}`),
  );
  expect(pushed).toEqual([
    ['rows: INSERT INTO `t` VALUES', 'rows:  (1'],
    ["rows: ,'a"],
    ["rows: ;'),(2"],
    ['rows: ,3);\n', 'statement: SET x = 1;\n'],
  ]);
});

test('a dump says its definitions, next values and definers; one that is cut off is damaged', async () => {
  const { definitions, counters, definers } = await readArchived(inPieces(dump, 50), 'shop', 'mariadb');
  expect([...definitions.keys()].toSorted()).toEqual([
    'PROCEDURE shop.p',
    'TABLE shop.t',
    'TRIGGER shop.tr',
    'VIEW shop.a',
    'VIEW shop.b',
  ]);
  expect(definitions.get('TABLE shop.t')).toBe(
    "CREATE TABLE `t` ( `a;b` int DEFAULT 0 COMMENT 'x;\\'', PRIMARY KEY (`a;b`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3",
  );
  expect(counters).toEqual({ 'shop.t': '5' });
  expect(definers).toEqual(['a@b', 'joe; x@%', 'lab@%']);
  await expect(readArchived(inPieces(dump.slice(0, -40), 50), 'shop', 'mariadb')).rejects.toThrow('cut off');
});

const ansi = [
  "/*!50003 SET sql_mode              = 'ANSI_QUOTES' */ ;",
  'DELIMITER ;;',
  '/*!50003 CREATE*/ /*!50017 DEFINER="al@corp"@"%"*/ /*!50003 TRIGGER "t ""r" BEFORE INSERT ON "u" FOR EACH ROW SET NEW."e" = 1 */;;',
  'CREATE DEFINER="al@corp"@"%" PROCEDURE "p q"()',
  "begin select 'CREATE DEFINER=`x`@`y` PROCEDURE r'; end",
  ';;',
  'CREATE DEFINER="al@corp"@"%" PACKAGE BODY "pk" AS v INT; END',
  ';;',
  'DELIMITER ;',
  '-- Dump completed on 2026-11-26',
  '',
].join('\n');

test('what was made under ANSI_QUOTES has neither its definer nor another name', async () => {
  const text = await made(ansi);
  expect(text).not.toContain('al@corp');
  expect(text).toContain('CREATE DEFINER=`x`@`y` PROCEDURE r');
  for (const sql of [ansi, text]) {
    const { definitions, definers } = await readArchived(inPieces(sql, 50), 'shop', 'mariadb');
    expect([...definitions.keys()].sort()).toEqual([
      'PACKAGE BODY shop.pk',
      'PROCEDURE shop."p q"',
      'TRIGGER shop."t ""r"',
    ]);
    expect(definers).toEqual(sql === ansi ? ['al@corp@%'] : []);
    expect([...definitions.values()].join()).not.toContain('al@corp');
  }
});

test('a view is restored into a database of any name, also where the server wrote its own before columns', async () => {
  const view = (select: string): string =>
    `/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=\`gone\`@\`x\` SQL SECURITY DEFINER */\n/*!50001 VIEW \`v\` AS ${select} */;\n-- Dump completed\n`;
  const select = "select `shop`.`t`.`id` AS `id`,'`shop`.x' AS `shop`,`shop`.`shop`.`n` AS `n` from (`t` join `shop`)";
  const parts: Buffer[] = [];
  for await (const part of portable(inPieces(view(select), 40), 'shop')) parts.push(part);
  const text = Buffer.concat(parts).toString();
  expect(text).toContain("select `t`.`id` AS `id`,'`shop`.x' AS `shop`,`shop`.`n` AS `n` from (`t` join `shop`)");
  expect(await made(view(select))).toContain(select);
  const read = async (sql: string) => (await readArchived(inPieces(sql, 40), 'shop', 'mariadb')).definitions;
  expect(await read(view(select))).toEqual(await read(text));
});

test.each([
  ['latin1', Buffer.from([0x5a, 0x6f, 0xeb, 0x80]), 'Zoë€'],
  ['cp1251', Buffer.from([0xe6, 0xe7]), 'жз'],
  ['gbk', Buffer.from([0xd6, 0xd0]), '中'],
  ['utf8mb4', Buffer.from('é'), 'é'],
])(
  'the text of a routine stands in the character set of the client that made it: %s',
  async (charset, text, expected) => {
    const sql = Buffer.concat([
      Buffer.from(
        `/*!50003 SET character_set_client  = ${charset} */ ;\nDELIMITER ;;\nCREATE PROCEDURE \`p\`()\nSELECT '`,
      ),
      text,
      Buffer.from("'\n;;\nDELIMITER ;\nCREATE TABLE `é` (\n  `a` int\n) ENGINE=InnoDB;\n-- Dump completed\n"),
    ]);
    async function* source() {
      yield sql;
    }
    const { definitions } = await readArchived(source(), 'shop', 'mariadb');
    expect(definitions.get('PROCEDURE shop.p')).toContain(`SELECT '${expected}'`);
    expect([...definitions.keys()]).toContain('TABLE shop."é"');
  },
);

test.each([
  'CREATE TRIGGER ins_sum BEFORE INSERT ON account\nFOR EACH ROW SET @sum = @sum + NEW.a',
  'CREATE  trigger  shop . ins_sum before insert ON `shop`.`account` FOR EACH ROW FOLLOWS `o"ther`  SET @sum = @sum + NEW.a',
  'CREATE TRIGGER IF NOT EXISTS "ins_sum" BEFORE INSERT ON "account" FOR EACH ROW\nSET @sum = @sum + NEW.a',
])('a trigger has the words of any series: %j', (written) => {
  expect(normalTrigger(written)).toBe(
    'CREATE TRIGGER `ins_sum` BEFORE INSERT ON `account` FOR EACH ROW SET @sum = @sum + NEW.a',
  );
});
