/** What the anonymiser does not read in a dump of MySQL, and how it says so. */
import { describe, expect, test } from '@jest/globals';
import { foot, head, insert, table, text } from './mysql-texts.ts';
import { run } from './run.ts';

describe('refused, and named', () => {
  test.each([
    [head + table(text) + insert("(1,'x')"), 'does not have its last line'],
    [`${head}${table(text)}INSERT INTO \`t\` VALUES (1,'x'),`, 'ends in the middle of the rows of t'],
    [`${head}SET NAMES gbk;\n${table(text)}${insert("(1,'x')")}${foot}`, 'rows are written in gbk'],
    [`${head}USE \`mysql\`;\n${foot}`, "the dump holds the server's accounts"],
    [`${head}CREATE USER \`a\`@\`%\` IDENTIFIED BY PASSWORD '*0';\n${foot}`, "the dump holds the server's accounts"],
    [`${head}${table(text)}INSERT INTO \`t\` SET a = 'x';\n${foot}`, 'is not in the form that dump programs write'],
    [`${head}${table(text)}INSERT INTO \`t\` VALUES (1,'x'),(2);\n${foot}`, 'has another number of values'],
    [`${head}${table(text)}INSERT INTO \`t\` VALUES (1,'x'),2;\n${foot}`, 'is not a row in parentheses'],
    [`${head}\\! ls\n${foot}`, "the client's command"],
    [`${head}source /etc/passwd\n${table(text)}${foot}`, 'is not SQL'],
  ])('%j', async (dump, what) => {
    for (const chunk of [1, 65_536])
      await expect(run(dump, { footer: true, chunk })).rejects.toMatchObject({ what: expect.stringContaining(what) });
  });

  /** A routine whose text holds these bytes, between tables in UTF-8. */
  const routine = (charset: string, bytes: readonly number[]): Buffer =>
    Buffer.concat([
      Buffer.from(
        `${head}/*!50003 SET @saved_cs_client = @@character_set_client */ ;\n/*!50003 SET character_set_client  = ${charset} */ ;\nDELIMITER ;;\nCREATE PROCEDURE \`p\`()\nSELECT '`,
      ),
      Buffer.from(bytes),
      Buffer.from(
        "', 'ann@corp.example'\n;;\nDELIMITER ;\n/*!50003 SET character_set_client  = @saved_cs_client */ ;\n",
      ),
      Buffer.from(`${table(text)}${insert("(1,'ann@corp.example é')")}${foot}`),
    ]);

  test.each([
    ['gbk', [0xd6, 0xd0, 0xce, 0xc4]],
    ['big5', [0xa4, 0xa4]],
    ['sjis', [0xb1, 0x93, 0xfa]],
  ])('a routine that was made by a client in %s is read, where no byte misleads', async (charset, bytes) => {
    const dump = routine(charset, bytes);
    for (const chunk of [1, 65_536]) {
      const { bytes: out } = await run(dump, { footer: true, chunk });
      const expected = dump.toString('latin1').replaceAll('ann@corp.example', 'nobody@example.com');
      expect(out.toString('latin1')).toBe(expected);
    }
  });

  test.each([
    ['gbk', [0xc9, 0x5c]],
    ['big5', [0xa4, 0x40]],
    ['sjis', [0xb1, 0x83, 0x5c]],
  ])('a routine in %s with a byte that looks like another character', async (charset, bytes) => {
    for (const chunk of [1, 65_536])
      await expect(run(routine(charset, bytes), { footer: true, chunk })).rejects.toMatchObject({
        what: expect.stringMatching(
          new RegExp(`written in ${charset}, and has a character whose second byte .*: CREATE PROCEDURE \`p\``),
        ),
        fix: expect.stringContaining('SET NAMES utf8mb4'),
      });
  });

  test('rules for a dump that comes through a pipe', async () => {
    const rules = 'version: 1\ntables:\n  t:\n    columns: { a: mask }\n';
    await expect(run(head + table(text) + insert("(1,'x')") + foot, { pipe: true, rules })).rejects.toMatchObject({
      what: expect.stringContaining('comes through a pipe'),
    });
  });
});
