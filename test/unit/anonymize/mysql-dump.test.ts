/** Dumps of MySQL and MariaDB, as their programs write them. */
import { describe, expect, test } from '@jest/globals';
import { foot, head, insert, table, text } from './mysql-texts.ts';
import { run } from './run.ts';

/** What becomes of rows of one table. */
async function rowsOf(columns: string, rows: string, options: Parameters<typeof run>[1] = {}): Promise<string> {
  const before = head + table(columns);
  const results = await Promise.all(
    [1, 13, 65_536].map((chunk) => run(before + insert(rows) + foot, { footer: true, chunk, ...options })),
  );
  const texts = results.map(({ text }) => /INSERT INTO `t` VALUES ([\s\S]*?);\nUNLOCK/.exec(text)?.[1] ?? text);
  // Whatever the size of the chunks.
  expect(new Set(texts).size).toBe(1);
  return texts[0] as string;
}

describe('columns of BINARY, which the server fills with zero bytes', () => {
  const zeros = (count: number): string => '\\0'.repeat(count);
  const hex = (value: string, length: number): string =>
    Buffer.alloc(length).fill(value, 0, value.length).toString('hex').toUpperCase();

  test.each([
    ['room is made of them', 24, 'jo@corp.example', 'nobody@example.com'],
    ['where they are not enough, the address is shortened', 16, 'jo@corp.example', 'body@example.com'],
  ])('%s', async (_, length, before, after) => {
    const columns = `\`id\` int NOT NULL,\n\`a\` binary(${length})`;
    const want = after.padEnd(length, '\0').slice(0, length);
    const written = await rowsOf(columns, `(1,_binary '${before}${zeros(length - before.length)}')`);
    expect(written.replaceAll('\\0', '\0')).toBe(`(1,_binary '${want}')`);
    expect(await rowsOf(columns, `(1,0x${hex(before, length)})`)).toBe(`(1,0x${hex(want, length)})`);
  });
});

test('a unique column without room for distinct addresses is named', async () => {
  const columns = '  `id` int NOT NULL,\n  `mail` varchar(13),\n  UNIQUE KEY (`mail`)';
  const rows = Array.from({ length: 40 }, (_, index) => `(${index},'${index + 10}@corp.com')`).join(',');
  await expect(rowsOf(columns, rows)).rejects.toThrow(
    /^t\.mail must stay unique, and has no room for \d+ distinct addresses of 13 characters/,
  );
});

describe('addresses in values', () => {
  test.each([
    ["(1,'ann@corp.example'),(2,NULL)", "(1,'nobody@example.com'),(2,NULL)"],
    ["(1,'ann@corp.example'),\n(2,'x')", "(1,'nobody@example.com'),\n(2,'x')"],
    ["(1, 'ann@corp.example'), (2, 'b')", "(1, 'nobody@example.com'), (2, 'b')"],
    [`(1,"ann@corp.example")`, `(1,"nobody@example.com")`],
    ["(1,'it''s ann@corp.example')", "(1,'it''s nobody@example.com')"],
    ["(1,'it\\'s \\\\ ann@corp.example\\n')", "(1,'it\\'s \\\\ nobody@example.com\\n')"],
    ["(1,'\\nnora@corp.example')", "(1,'\\nnobody@example.com')"],
    ["(1,'\\0\\Z\\b\\%\\_ann@corp.example')", "(1,'\\0\\Z\\b\\%nobody@example.com')"],
    ["(1,'a\\@corp.example')", "(1,'nobody@example.com')"],
    ["(1,_utf8mb4'ann@corp.example')", "(1,_utf8mb4'nobody@example.com')"],
    ["(1,_binary 'ann@corp.example')", "(1,_binary 'nobody@example.com')"],
    ["(1,N'ann@corp.example')", "(1,N'nobody@example.com')"],
    ['(1,0x616E6E40636F72702E6578616D706C65)', '(1,0x6E6F626F6479406578616D706C652E636F6D)'],
    ["(1,X'616e6e40636f72702e6578616d706c65')", "(1,X'6E6F626F6479406578616D706C652E636F6D')"],
    ["(1,x'00')", "(1,x'00')"],
    ["(1,_binary 'jo@x.io\\0\\0')", "(1,_binary 'nobody@example.com\\0\\0')"],
    ["(1,_binary 'jo@x.io\\0al@corp.example')", "(1,_binary 'nobody@example.com\\0nobody@example.com')"],
    ["(1,X'6a6f40782e696f00')", "(1,X'6E6F626F6479406578616D706C652E636F6D00')"],
    ["(1,b'101')", "(1,b'101')"],
    ["(1,concat('ann@corp.example',',(',\"x\"))", "(1,concat('nobody@example.com',',(',\"x\"))"],
    ["(1,'ann@' 'corp.exa' \n\"mple\")", "(1,'nobody@example.com')"],
    ["(1,concat('ann@', 'corp.example', ' it''s'))", "(1,'nobody@example.com it\\'s')"],
    ["(1,'a' 'b@' 'c')", "(1,'a' 'b@' 'c')"],
    ["(1,'x ' 'ann@corp.example' ' y')", "(1,'x ' 'nobody@example.com' ' y')"],
    [`(1,'{\\"mail\\": \\"ann@corp.example\\"}')`, `(1,'{\\"mail\\": \\"nobody@example.com\\"}')`],
    [`(1,'s:16:\\"ann@corp.example\\";')`, `(1,'s:18:\\"nobody@example.com\\";')`],
    ["(1,'x'),(2,'),(3,\\'ann@corp.example'),(4,';')", "(1,'x'),(2,'),(3,\\'nobody@example.com'),(4,';')"],
    ["(1,'😀 ann@corp.example')", "(1,'😀 nobody@example.com')"],
    ['(1,-1.5e3),(2,NULL)', '(1,-1.5e3),(2,NULL)'],
    ["(1,'')", "(1,'')"],
  ])('%s', async (rows, expected) => {
    expect(await rowsOf(text, rows)).toBe(expected);
  });

  test.each([
    "concat('ann@','corp.exam',lower('PLE'))",
    "concat('ann@', 0x636f72702e6578616d706c65)",
    "if(1,concat(x'616e6e40','corp.example'),'')",
    `b'${[...Buffer.from('ann@corp.example')].map((byte) => byte.toString(2).padStart(8, '0')).join('')}'`,
  ])('what cannot be rewritten fails the run, and is named: %s', async (value) => {
    await expect(rowsOf(text, `(1,${value})`)).rejects.toThrow(
      'the leak check found what should not be in the anonymised dump: t.a: 1 e-mail addresses',
    );
  });

  test.each(["json_object('a','nobody@example.com','b','x')", "concat('nobody@example.com',now())", "b'01010101'"])(
    'an expression without an address stays: %s',
    async (value) => {
      expect(await rowsOf(text, `(1,${value})`)).toBe(`(1,${value})`);
    },
  );

  test('backslashes are plain where the dump says so', async () => {
    const mode = "SET SQL_MODE='NO_BACKSLASH_ESCAPES';\n";
    const given = `${head}${mode}${table(text)}${insert("(1,'\\'),(2,'ann@corp.example\\')")}${foot}`;
    const { text: out } = await run(given, { footer: true });
    expect(out).toBe(given.replace('ann@corp.example', 'nobody@example.com'));
  });

  test('in bytes that are no text only clear addresses are found, and the rest stays', async () => {
    const blob = Buffer.concat([
      Buffer.from([0xff, 0xd8, 0]),
      Buffer.from('q@z.qw ann@corp.example'),
      Buffer.from([1, 2]),
    ]);
    const want = Buffer.concat([
      Buffer.from([0xff, 0xd8, 0]),
      Buffer.from('q@z.qw nobody@example.com'),
      Buffer.from([1, 2]),
    ]);
    expect(await rowsOf('`id` int,\n`a` longblob', `(1,0x${blob.toString('hex')})`)).toBe(
      `(1,0x${want.toString('hex').toUpperCase()})`,
    );
  });
});

test('values that the server generated of addresses are left to it', async () => {
  const columns = (type: string): string =>
    `  \`mail\` varchar(90),\n  \`part\` ${type} GENERATED ALWAYS AS (substring_index(\`mail\`,'@',1)) STORED,\n  \`size\` int`;
  const rows = "('jane@corp.example','jane',3),(NULL,NULL,4)";
  const written = "('nobody@example.com',DEFAULT,3),(NULL,DEFAULT,4)";
  expect(await rowsOf(columns('varchar(50)'), rows)).toBe(written);
  expect(await rowsOf(columns('text'), rows)).toBe(written);
  // A number holds no part of one.
  const numbers = '  `mail` varchar(90),\n  `size` int GENERATED ALWAYS AS (char_length(`mail`)) VIRTUAL';
  expect(await rowsOf(numbers, "('jane@corp.example',17)")).toBe("('nobody@example.com',17)");
});

test('a row of more than 32 MiB is read', async () => {
  const value = Buffer.alloc(33 * 2 ** 20, 'a0');
  const before = Buffer.from(`${head}${table('  `id` int,\n  `a` longblob')}INSERT INTO \`t\` VALUES (1,0x`);
  const dump = Buffer.concat([before, value, Buffer.from(`),(2,'ann@corp.example');\n${foot}`)]);
  const { bytes, report } = await run(dump, { footer: true, chunk: 2 ** 20 });
  expect(bytes.subarray(before.length, before.length + value.length).equals(value)).toBe(true);
  expect(report.counts).toEqual([expect.objectContaining({ table: 't', count: 1 })]);
});

describe('statements around the rows', () => {
  test('names stand in double quotes where the dump says so (mysqldump --compatible=ansi, ANSI_QUOTES)', async () => {
    const mode = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ANSI' */;\n";
    const dump = `${head}${mode}USE "my shop";
CREATE TABLE "Two words" (
  "id" int NOT NULL CHECK ("id" > 0),
  "a mail" varchar(99) DEFAULT 'ann@corp.example',
  PRIMARY KEY ("id"),
  UNIQUE KEY "u" ("a mail")
);
INSERT INTO "Two words" VALUES (1,'ann@corp.example'),(2,'bob@corp.example');
SET SQL_MODE=@OLD_SQL_MODE;
CREATE TABLE \`t\` (\`a\` text DEFAULT "x");
INSERT INTO \`t\` VALUES ("carl@corp.example");
${foot}`;
    const { text: out, report } = await run(dump, { footer: true });
    expect(out).not.toContain('corp.example');
    expect(out).toContain('("nobody@example.com")');
    expect(report.changed?.get('"my shop"."Two words"')).toEqual(new Set(['"a mail"']));
    const warnings = [...report.warnings, ...(await run(dump, { footer: true, pipe: true })).report.warnings];
    expect(warnings.join('\n')).not.toContain('does not define');
    expect(warnings[0]).toMatch(/^"my shop"\."Two words"\."a mail" must stay unique: 2 addresses/);
  });

  test('nothing else is touched', async () => {
    const dump = `${head}${table(`${text} COMMENT 'ask ann@corp.example'`)}
# a comment it's
-- another it's
SELECT 1 --1;
/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`10.0.0.%\`*/ /*!50003 VIEW v AS SELECT 1 */;
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER \`x\` BEFORE INSERT ON \`t\` FOR EACH ROW BEGIN
  -- it's for ann@corp.example;
  SET NEW.a = 'bob@corp.example'; # "
END */;;
DELIMITER ;
INSERT INTO \`t\` (\`id\`, \`a\`) VALUES (1,'x');
REPLACE INTO \`t\` VALUES (2,'carl@corp.example');
INSERT IGNORE INTO \`t\` VALUES (3,'x') ON DUPLICATE KEY UPDATE \`a\` = 'dora@corp.example';
${foot}`;
    for (const chunk of [1, 7, 65_536]) {
      const { text: out, report } = await run(dump, { footer: true, chunk });
      expect(out).toBe(dump.replaceAll(/[a-z]+@corp\.example/g, 'nobody@example.com'));
      expect(report.leaks).toEqual([]);
    }
  });

  test('a DEFINER that is an address goes; other names stay, and the leak check says in which statement', async () => {
    const dump = `${head}
/*!50003 CREATE*/ /*!50017 DEFINER=\`ann@corp.example\`@\`%\`*/ /*!50003 TRIGGER \`x\` BEFORE INSERT ON \`t\` FOR EACH ROW SET @a=1 */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`bob@corp.example\`@\`10.0.%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select 1 AS \`n\` */;
CREATE DEFINER='carl@corp.example'@localhost PROCEDURE p() SELECT 1;
CREATE DEFINER = \`root\`@\`%\` PROCEDURE q() SELECT 1;
${foot}`;
    const { text: out } = await run(dump, { footer: true });
    expect(out).toBe(dump.replaceAll(/DEFINER=(`\w+@corp.example`@`[%\d.]+`|'carl@corp.example'@localhost) ?/g, ''));
    const named = `${head}CREATE TABLE \`t\` (\`a\` int);\nCREATE TABLE \`ann@corp.example\` (\n  \`a\` int\n);\n${foot}`;
    await expect(run(named, { footer: true })).rejects.toMatchObject({
      what: expect.stringMatching(/\(names\): 1 e-mail addresses \(in CREATE TABLE `…@…` \( `a` int \);\)$/),
      fix: expect.stringContaining('give the object another, or allow it: { table: (names), pattern: … }'),
    });
    const warned = await run(named, { footer: true, rules: 'version: 1\nleak-check: { emails: warn }\n' });
    expect(warned.report.leaks).toEqual([expect.objectContaining({ kind: 'emails', count: 1 })]);
  });

  test("mariadb-dump's first line, and what it writes behind VALUES", async () => {
    const dump = `/*M!999999\\- enable the sandbox mode */ \n${head}${table(text)}INSERT INTO \`t\` VALUES\n(1,'ann@corp.example'),\n(2,'x');\n${foot}`;
    expect((await run(dump, { footer: true })).text).toBe(dump.replace('ann@corp.example', 'nobody@example.com'));
  });

  test('messages of the program before the dump are left out, and noted', async () => {
    const warning = 'mysqldump: [Warning] Using a password on the command line interface can be insecure.\n';
    const { text: out, report } = await run(`${warning}${head}${foot}`, { footer: true });
    expect(out).toBe(head + foot);
    expect(report.warnings.join()).toContain('a line before the dump, of the messages of mysqldump, left out');
  });
});

describe('files of other programs', () => {
  const body = "CREATE TABLE `t` (\n`a` text);\nINSERT INTO `t` (`a`) VALUES\n('ann@corp.example');\n";
  test.each([
    [
      'phpMyAdmin',
      `-- phpMyAdmin SQL Dump\n-- version 5.2.1\nSET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\nSTART TRANSACTION;\n${body}COMMIT;\n\n/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n`,
    ],
    [
      'Adminer',
      `-- Adminer 4.8.1 MySQL 8.0.36 dump\n\nSET NAMES utf8;\nDELIMITER ;;\nCREATE EVENT e DO SELECT 1;;\nDELIMITER ;\n${body}\n-- 2024-01-02 03:04:05\n`,
    ],
    [
      'mysqldump --skip-comments',
      `/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n${body}/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n`,
    ],
    [
      'HeidiSQL',
      `-- --------------------------------------------------------\n-- Host:  127.0.0.1\n-- Server version: 10.6 - mariadb\n-- HeidiSQL Version: 12\n/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n${body}/*!40111 SET SQL_NOTES=IFNULL(@OLD_SQL_NOTES, 1) */;\n`,
    ],
    ['MariaDB Connector', `# a comment\n${body}-- Dump completed\n`],
  ])('%s', async (_program, dump) => {
    const { text: out, report } = await run(dump, { footer: true });
    expect(out).toBe(dump.replace('ann@corp.example', 'nobody@example.com'));
    expect(report.warnings).toEqual([]);
    // Cut off, it is refused.
    await expect(run(dump.slice(0, dump.indexOf("');\n")), { footer: true })).rejects.toMatchObject({
      what: expect.stringContaining('ends in the middle of the rows of t'),
    });
  });

  test('a script of MySQL Workbench, which begins with variables of the session and quotes no names', async () => {
    const dump = `-- Inn\n\n/* rooms */\nSET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;\nDROP SCHEMA IF EXISTS inn;\nUSE inn;\nCREATE TABLE guest (id INT, mail VARCHAR(99)) ENGINE=InnoDB;\nINSERT INTO guest VALUES (1,'o\\'ann@corp.example');\n`;
    const { text: out } = await run(dump);
    expect(out).toBe(dump.replace("o\\'ann@corp.example", 'nobody@example.com'));
  });

  test('a file of phpMyAdmin without a last line is refused with what to do', async () => {
    const dump = `-- phpMyAdmin SQL Dump\n-- version 5.2.1\n${body}COMMIT;\n`;
    await expect(run(dump, { footer: true, chunk: 7 })).rejects.toMatchObject({
      likelyCause: expect.stringContaining('phpMyAdmin wrote the file'),
      fix: expect.stringContaining('footer: optional reads it'),
    });
    expect((await run(dump)).text).toContain('nobody@example.com');
  });

  test('a data file of mydumper, which defines nothing: each address becomes one of its own', async () => {
    const dump =
      '/*!40101 SET NAMES binary*/;\nINSERT INTO `t` VALUES\n(1,"ann@corp.example")\n,(2,"bob@corp.example");\n';
    const { text: out, report } = await run(dump);
    expect(out).toMatch(/\(1,"nobody-\w+@example.com"\)\n,\(2,"nobody-\w+@example.com"\)/);
    expect(report.warnings.join()).toContain('mysqldump --no-data');
    await expect(run(dump, { footer: true })).rejects.toMatchObject({
      fix: expect.stringContaining('footer: optional'),
    });
  });

  test('placeholders of views are no tables', async () => {
    const view =
      '/*!50001 CREATE TABLE `v` (\n `a` tinyint NOT NULL\n) ENGINE=MyISAM */;\n/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */\n/*!50001 VIEW `v` AS select 1 */;\n';
    const rules = 'version: 1\nunknown-columns: fail\ntables:\n  t:\n    columns: { a: mask }\n';
    expect(
      (await run(`${body.replace('ann@corp.example', 'x')}${view}-- Dump completed\n`, { rules, footer: true })).text,
    ).toContain('VIEW');
  });
});

describe('what must stay unlike', () => {
  const distinct = (out: string): string[] =>
    [...out.matchAll(/'([^']*@example\.com[^']*)'/g)].map(([, one = '']) => one);

  test.each([
    ['`a` varchar(80) NOT NULL,\n  PRIMARY KEY (`a`)'],
    ['`a` varchar(80) DEFAULT NULL,\n  UNIQUE KEY `t_a` (`a`)'],
    ['`a` varchar(80) DEFAULT NULL UNIQUE'],
    ['`a` varchar(80),\n  `b` varchar(80) GENERATED ALWAYS AS (lower(`a`)) VIRTUAL,\n  UNIQUE KEY `t_b` (`b`)'],
    ['`a` varchar(80),\n  UNIQUE KEY `t_a` ((lower(`a`)))'],
  ])('%s', async (columns) => {
    const rows = "(1,'ann@corp.example'),(2,'bob@corp.example'),(3,'cy@corp.example')";
    const out = await rowsOf(
      `  \`id\` int,\n  ${columns}`,
      rows.replaceAll(/\(\d,/g, (id) => id),
      {},
    ).catch((error) => error);
    if (columns.includes('`b`')) {
      // A row holds no value of a generated column, so that the dump names the others.
      expect(out.message).toContain('has 2 values for 3 columns');
      return;
    }
    expect(new Set(distinct(out)).size).toBe(3);
  });

  test('by a prefix of the index', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => `(${index},'user${index}@corp.example')`).join(',');
    const out = await rowsOf('`id` int,\n`a` text,\nUNIQUE KEY `k` (`a`(12))', rows);
    expect(new Set(distinct(out).map((one) => one.slice(0, 12))).size).toBe(50);
  });

  test('upper and lower case are equal where the collation says so', async () => {
    const child = 'CREATE TABLE `c` (\n`m` varchar(80),\nCONSTRAINT `f` FOREIGN KEY (`m`) REFERENCES `t` (`a`)\n);\n';
    const given = `${head}${table('`a` varchar(80) NOT NULL,\nUNIQUE KEY `k` (`a`)')}INSERT INTO \`t\` VALUES ('Ann@Corp.example');\n${child}INSERT INTO \`c\` VALUES ('ann@corp.example');\n${foot}`;
    const [parent, other] = distinct((await run(given, { footer: true })).text);
    expect(parent).toMatch(/^nobody-\w+@example\.com$/);
    expect(other).toBe(parent);
    const exact = distinct(
      (await run(given.replaceAll('ai_ci', 'as_cs').replace('\n);', '\n) COLLATE=utf8mb4_bin;'), { footer: true }))
        .text,
    );
    expect(exact[0]).not.toBe(exact[1]);
  });

  test('labels of ENUM, with their rows', async () => {
    const given = `${head}${table("`a` enum('ann@corp.example','bob@corp.example')")}INSERT INTO \`t\` VALUES ('bob@corp.example');\n${foot}`;
    const [one, two, row] = distinct((await run(given, { footer: true })).text);
    expect(one).not.toBe(two);
    expect(row).toBe(two);
  });
});

describe('rules', () => {
  const rules = (columns: string, more = ''): string =>
    `version: 1\nleak-check: { replaced-values: off }\ntables:\n  t:\n${more}    columns:\n${columns}`;

  test.each([
    ['a: { fixed: "it\'s\\n" }', "(1,'x')", "(1,'it\\'s\\n')"],
    ['a: mask', "(1,'Ab\\'1')", "(1,'xx\\'0')"],
    ['a: "null"', "(1,'x'),(2,NULL)", '(1,NULL),(2,NULL)'],
    ['a: { hash: { length: 16 } }', '(1,0x00ff)', /^\(1,0x[0-9A-F]{32}\)$/],
    ['id: { noise: 10% }', "(100,'x')", /^\(\d+,'x'\)$/],
    ['a: { fixed: 7 }', '(1,5)', '(1,7)'],
    ['a: { fixed: x }', '(1,5)', "(1,'x')"],
  ])('%s', async (columns, rows, expected) => {
    const out = await rowsOf(text, rows, { rules: rules(`      ${columns}`) });
    if (typeof expected === 'string') expect(out).toBe(expected);
    else expect(out).toMatch(expected);
  });

  test('json, also in the longtext of MariaDB', async () => {
    const columns = '`id` int,\n`a` longtext CHECK (json_valid(`a`))';
    const out = await rowsOf(columns, `(1,'{\\"p\\": \\"0171 2345\\", \\"m\\": \\"a@b.example\\"}')`, {
      rules: rules('      a: { json: { "$.p": mask } }'),
    });
    expect(out).toBe(`(1,'{\\"p\\": \\"0000 0000\\", \\"m\\": \\"nobody@example.com\\"}')`);
  });

  test('rows are left out, with their commas, and statements without rows too', async () => {
    const all = head + table(text) + insert("(1,'x'),(2,'y')") + foot;
    const { text: none } = await run(all, { footer: true, rules: 'version: 1\ntables:\n  t:\n    rows: drop\n' });
    expect(none).toBe((head + table(text) + insert('') + foot).replace('INSERT INTO `t` VALUES ;', ''));
    const many = Array.from({ length: 40 }, (_, index) => `(${index},'y')`).join(',');
    for (const chunk of [11, 65_536]) {
      const sampled = await run(head + table(text) + insert(many) + foot, {
        footer: true,
        chunk,
        rules: 'version: 1\ntables:\n  t:\n    rows: { sample: 50%, by: id }\n',
      });
      const kept = [...(/VALUES (.*);/.exec(sampled.text)?.[1]?.matchAll(/\d+/g) ?? [])].map(Number);
      expect(kept.length).toBeGreaterThan(5);
      expect(kept.length).toBeLessThan(35);
      expect(sampled.text).toBe(head + table(text) + insert(kept.map((id) => `(${id},'y')`).join(',')) + foot);
    }
  });

  test('fit a dump that names its databases, and one that does not', async () => {
    const body = table(text) + insert("(1,'x')");
    const fixed = { footer: true, rules: rules('      a: { fixed: z }') };
    expect((await run(`${head}USE \`shop\`;\n${body}${foot}`, fixed)).text).toContain("(1,'z')");
    const qualified = { footer: true, rules: fixed.rules.replace('  t:', '  shop.t:') };
    expect((await run(head + body + foot, qualified)).text).toContain("(1,'z')");
    const two = `${head}USE \`shop\`;\n${body}USE \`blog\`;\n${body}${foot}`;
    await expect(run(two, fixed)).rejects.toMatchObject({ problems: [expect.stringContaining('shop.t, blog.t')] });
    const out = await run(two, qualified);
    expect(out.text.match(/VALUES \(1,'.'\)/g)).toEqual(["VALUES (1,'z')", "VALUES (1,'x')"]);
    expect(out.report.counts.map((one) => one.table)).toEqual(['shop.t']);
  });
});
