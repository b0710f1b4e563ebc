import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DumpFilter, type Placing } from '../../../../scripts/lib/engines/mysql/dump-filter.ts';

/** Cuts a text into chunks of these lengths. */
async function* chunks(text: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const length = lengths[index % lengths.length] as number;
    yield text.subarray(at, at + length);
    at += length;
  }
}

const filtered = async (text: string | Buffer, place: Placing, lengths: readonly number[] = [7]) => {
  const filter = new DumpFilter(place);
  const given: Buffer[] = [];
  for await (const bytes of filter.apply(chunks(Buffer.from(text), lengths))) given.push(bytes);
  return { text: Buffer.concat(given).toString(), filter };
};
const keep: Placing = async (database) => database;

const two = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB
/*!40101 SET NAMES utf8mb4 */;
--
-- Current Database: \`shop\`
--

/*!40000 DROP DATABASE IF EXISTS \`shop\`*/;

CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`shop\` /*!40100 DEFAULT CHARACTER SET latin1 COLLATE latin1_bin */;

USE \`shop\`;
INSERT INTO \`t\` VALUES
(1,'USE \`other\`; -- it''s \\'; /* '),
(2,"#;");
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`localhost\`*/ /*!50003 TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN
-- USE \`other\`;
SET @x = 1; END */;;
CREATE DEFINER=\`a\`\`b\`@\`%\` PROCEDURE \`p\`()
BEGIN SELECT 'DEFINER=x@y'; END ;;
DELIMITER ;
ALTER DATABASE \`shop\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;

USE \`über \`\`x\`;
CREATE TABLE \`u\` (a int);
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select 1 AS \`a\` */;
USE \`shop\`;
INSERT INTO \`t\` VALUES (3,'last');
`;

test('the character set of the current database is set, as in a dump that names none', async () => {
  const alter = 'ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci ;\n';
  const { text, filter } = await filtered(
    `${alter}CREATE TABLE \`t\` (a int);\n`,
    async (database) => `new ${database}`,
  );
  expect(text).toBe(`${alter}CREATE TABLE \`t\` (a int);\n`);
  expect(filter.databases).toEqual([]);
});

describe('a dump of several databases', () => {
  test('is loaded where its databases shall go', async () => {
    const options: string[] = [];
    const { text, filter } = await filtered(two, async (database, given) => {
      options.push(given);
      return `new \`${database}`;
    });
    expect(options).toEqual([' CHARACTER SET latin1 COLLATE latin1_bin', '']);
    expect(text).not.toMatch(/sandbox|CREATE DATABASE|DROP DATABASE/);
    expect(text.match(/^USE .*;$/gm)).toEqual(['USE `new ``shop`;', 'USE `new ``über ``x`;', 'USE `new ``shop`;']);
    expect(text).toContain('ALTER DATABASE `new ``shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ;');
    expect(text).toContain("(1,'USE `other`; -- it''s \\'; /* '),\n(2,\"#;\");");
    expect(text).toContain('/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER a BEFORE INSERT');
    expect(text).toContain("CREATE  PROCEDURE `p`()\nBEGIN SELECT 'DEFINER=x@y'; END ;;");
    expect(text).toContain('/*!50013  SQL SECURITY DEFINER */');
    expect(filter.databases).toEqual(['shop', 'über `x']);
    expect(filter.notes.join()).toContain('left out the DEFINER of 3 statements');
  });

  test('loses the databases that are left out, and nothing else', async () => {
    const { text } = await filtered(two, async (database) => (database === 'shop' ? 'shop' : undefined));
    expect(text).toContain("(3,'last')");
    expect(text).not.toMatch(/CREATE TABLE|VIEW/);
    const other = await filtered(two, async (database) => (database === 'shop' ? undefined : 'o'));
    expect(other.text).not.toMatch(/INSERT|TRIGGER|PROCEDURE|ALTER/);
    expect(other.text).toMatch(/SET NAMES[\s\S]*USE `o`;\nCREATE TABLE `u`[\s\S]*VIEW/);
  });

  test('is read alike, however it arrives', async () => {
    const { text } = await filtered(two, keep, [1]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), async (lengths) => {
        expect((await filtered(two, keep, lengths)).text).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});

/** A literal as mysqldump writes it. */
const literal = (text: string): string =>
  `'${text
    .replace(/[\\'"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\0', '\\0')}'`;
const values = fc.string({
  unit: fc.constantFrom('\\', "'", '"', '`', ';', '-', ' ', '#', '/', '*', '!', '\n', 'USE `x`;', 'é', '\0'),
});

test('values change nothing, whatever they hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (texts, length) => {
      const inserts = texts.map(
        (text) => `INSERT INTO \`t\` VALUES (1,${literal(text)},NULL),(-2,${literal(text)},1.5);\n`,
      );
      const dump = `USE \`a\`;\n${inserts.join('')}USE \`b\`;\nSELECT 1;\n`;
      const { text, filter } = await filtered(dump, keep, [length]);
      expect(filter.databases).toEqual(['a', 'b']);
      expect(text).toBe(dump);
    }),
  );
});

test('a dump of one database is left as it is, but for what belongs to its server', async () => {
  const dump =
    "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'x:1-5';\nCREATE TABLE `a` (b int COMMENT 'DEFINER=`x`@`y`');\n";
  const { text, filter } = await filtered(dump, keep);
  expect(text).toBe("\nCREATE TABLE `a` (b int COMMENT 'DEFINER=`x`@`y`');\n");
  expect(filter.databases).toEqual([]);
  expect(filter.notes).toEqual(['left out 1 statement about the server that was dumped']);
});

test('bytes that are no text stay as they are', async () => {
  const dump = Buffer.concat([
    Buffer.from("INSERT INTO t VALUES (_binary '"),
    Buffer.from([0xff, 0, 0xfe, 0x5c, 0x27, 0xc3]),
    Buffer.from("');\n"),
  ]);
  const filter = new DumpFilter(keep);
  const given: Buffer[] = [];
  for await (const bytes of filter.apply(chunks(dump, [5]))) given.push(bytes);
  expect(Buffer.concat(given)).toEqual(dump);
});

test('under NO_BACKSLASH_ESCAPES a backslash is a character', async () => {
  const dump =
    "/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */ ;\nSELECT '\\';\n/*!50003 SET sql_mode = @saved */ ;\nUSE `a`;\n";
  expect((await filtered(dump, keep)).filter.databases).toEqual(['a']);
});

test('a statement behind rows on their line, and line ends in a value, are read as the client reads them', async () => {
  const dump = "INSERT INTO t VALUES (1);DROP DATABASE shop;USE `b`;\nINSERT INTO t VALUES ('\nUSE `c`;\n');\n";
  const { text, filter } = await filtered(dump, keep);
  expect(text).toBe("INSERT INTO t VALUES (1);USE `b`;\nINSERT INTO t VALUES ('\nUSE `c`;\n');\n");
  expect(filter.databases).toEqual(['b']);
});

test.each([
  [
    '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER shop.t BEFORE INSERT ON shop.person FOR EACH ROW SET @a = 1 */;',
    '/*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER t BEFORE INSERT ON person FOR EACH ROW SET @a = 1 */;',
  ],
  [
    "/*!50003 CREATE*/ /*!50003 TRIGGER `shop` . `t` AFTER DELETE ON `shop`.`p``x` FOR EACH ROW SET @a = 'ON shop.y' */;",
    "/*!50003 CREATE*/ /*!50003 TRIGGER `t` AFTER DELETE ON `p``x` FOR EACH ROW SET @a = 'ON shop.y' */;",
  ],
  ['CREATE TABLE `trigger` (a int COMMENT "TRIGGER a.b BEFORE INSERT ON c.d");', undefined],
])('a trigger goes where its table goes, whatever database it names: %s', async (sql, wanted) => {
  expect((await filtered(`${sql}\n`, keep)).text).toBe(`${wanted ?? sql}\n`);
});
