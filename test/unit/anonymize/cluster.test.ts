/** Dumps of a whole server: one catalogue for each database, no passwords of roles, and an end of their own. */
import { describe, expect, test } from '@jest/globals';
import { audit } from '../../../src/anonymize/audit/audit.ts';
import { renderRules } from '../../../src/anonymize/audit/render.ts';
import { chunks, run } from './run.ts';

const begin =
  '--\n-- PostgreSQL database cluster dump\n--\n\n\\restrict abc\n\nSET default_transaction_read_only = off;\n\n';
const end = '--\n-- PostgreSQL database cluster dump complete\n--\n\n';
const roles = `--
-- Roles
--

CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER INHERIT LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy' VALID UNTIL 'infinity';
CREATE ROLE old;
ALTER ROLE old WITH LOGIN ENCRYPTED PASSWORD E'md5\\'x';
CREATE USER plain PASSWORD $p$it's$p$ LOGIN;
ALTER ROLE app SET application_name TO 'run by ann@real.example';
COMMENT ON ROLE app IS 'of ann@real.example';
CREATE TABLESPACE fast OWNER app LOCATION '/srv/fast';
COMMENT ON TABLESPACE fast IS 'of ann@real.example';
GRANT CREATE ON TABLESPACE fast TO old;

`;

/** As pg_dumpall writes a database; one that the server makes itself has no CREATE DATABASE. */
function database(name: string, body: string, connect = `\\connect ${name}`): string {
  return `--\n-- Database "${name}" dump\n--\n\n--\n-- PostgreSQL database dump\n--\n\n\\restrict def\n\nSET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);\n\nCREATE DATABASE "${name}" WITH TEMPLATE = template0;\n\n\\unrestrict def
${connect}\n\\restrict def\n\n${body}\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict def\n`;
}

const one = `CREATE TABLE public.users (\n    id integer,\n    mail text\n);
COPY public.users (id, mail) FROM stdin;\n1\tann@real.example\n2\tbob@real.example\n\\.\n
ALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_mail UNIQUE (mail);\n`;
/** The same name, other columns, nothing unique. */
const other = `CREATE TABLE public.users (\n    mail text,\n    phone text,\n    id integer\n);
INSERT INTO public.users VALUES ('ann@real.example', '+49 30 1234567', 1);
INSERT INTO public.users VALUES ('bob@real.example', NULL, 2);\n`;
const cluster = (...databases: string[]): string => `${begin}${roles}\\unrestrict abc\n\n${databases.join('')}${end}`;
const two = cluster(database('shop', one), database('my crm', other, `\\connect -reuse-previous=on "dbname='my crm'"`));

describe('a dump of a whole server', () => {
  test.each([7, 65_536])('has tables of its own in each database (chunks of %d bytes)', async (chunk) => {
    const { text, report } = await run(two, { footer: true, chunk });
    expect(text).not.toContain('real.example');
    expect(text.match(/^[12]\tnobody-\w+@example\.com$/gm)).toHaveLength(2);
    expect(text.match(/\('nobody@example\.com'/g)).toHaveLength(2);
    expect(report.counts.filter(({ table }) => table !== '(definitions)')).toEqual([
      { table: 'shop.public.users', rule: 'unique emails', count: 2 },
      { table: '"my crm".public.users', rule: 'emails', count: 2 },
    ]);
  });

  test('loses the passwords of its roles, and says so', async () => {
    const { text, report } = await run(two, { footer: true });
    expect(text).toContain("ALTER ROLE app WITH NOSUPERUSER INHERIT LOGIN VALID UNTIL 'infinity';");
    expect(text).toContain('ALTER ROLE old WITH LOGIN;\n');
    expect(text).toContain('CREATE USER plain LOGIN;\n');
    expect(text).toContain("SET application_name TO 'run by nobody@example.com'");
    expect(text).not.toMatch(/password|SCRAM|md5/i);
    expect(report.counts).toContainEqual({ table: '(definitions)', rule: 'passwords of roles left out', count: 3 });
    expect(report.warnings.join()).toContain('the passwords of roles were left out (3)');
  });

  test('keeps the password of a user mapping, and of what is no role', async () => {
    const sql = "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'x', password 'y');\nSELECT 'password', 'y';\n";
    expect((await run(sql)).text).toBe(sql);
  });

  test('has rules for a table of all databases, and of one', async () => {
    const rules = (tables: string) => `version: 1\ntables:\n${tables}leak-check: { phones: off }\n`;
    const all = await run(two, { rules: rules('  public.users: { columns: { id: keep, mail: "null" } }\n') });
    expect(all.text).toContain('1\t\\N\n2\t\\N\n');
    expect(all.text).toContain("VALUES (NULL, '+49 30 1234567', 1)");
    const single =
      '  public.users: { columns: { mail: "null" } }\n  my crm.public.users: { columns: { phone: { fixed: x } } }\n';
    const both = await run(two, { rules: rules(single) });
    expect(both.text).toContain('1\t\\N\n2\t\\N\n');
    expect(both.text).toContain("VALUES ('nobody@example.com', 'x', 1)");
    const wrong = await run(two, {
      rules: rules('  public.users: { columns: { phone: mask } }\n  nope.public.users: { rows: drop }\n'),
    }).catch((error) => error);
    expect(wrong.problems).toEqual([
      'shop.public.users.phone: the table has no such column; allowed: id, mail',
      'nope.public.users: the dump has no such table; allowed: shop.public.users, "my crm".public.users',
    ]);
  });

  test('has findings by database, and allows them so', async () => {
    const rules = (allow: string) => `version: 1\nleak-check: { allow: [${allow}] }\n`;
    const failed = await run(two, { rules: rules('') }).catch((error) => error);
    expect(failed.detail).toContain('"my crm".public.users.phone: 1 phone numbers');
    for (const allow of ['\'"my crm".public.users.phone\'', "'public.users.phone'"])
      expect((await run(two, { rules: rules(allow) })).report.leaks).toEqual([]);
  });

  test('has rules proposed by database', async () => {
    const rules = renderRules(await audit(() => chunks(two, 1000), true, { requireFooter: true }));
    expect(rules).toContain('  shop.public.users:\n');
    expect(rules).toContain('  my crm.public.users:\n');
    expect((await run(two, { rules })).text).not.toContain('real.example');
  });

  test('is cut off without its own last line, whatever ends inside it', async () => {
    const cut = two.slice(0, two.indexOf('--\n-- Database "my crm" dump'));
    for (const text of [cut, two.slice(0, -end.length), `${begin}${roles}`]) {
      const error = await run(text, { footer: true }).catch((one) => one);
      expect(error.what).toContain('does not have its last line ("-- PostgreSQL database cluster dump complete")');
      expect(error.likelyCause).toContain('cut off');
    }
  });

  test('may hold roles alone', async () => {
    const { text } = await run(`${begin}${roles}${end}`, { footer: true });
    expect(text).toContain('CREATE ROLE app;');
    expect(text).not.toContain('SCRAM');
  });
});

describe('dumps of several databases, joined', () => {
  const begun = '--\n-- PostgreSQL database dump\n--\n\nSET x = 1;\n\n';
  const done = '\n--\n-- PostgreSQL database dump complete\n--\n\n';
  const joined = `${begun}\\connect a\n${one}${done}${begun}\\c b\n${other}${done}`;

  test('have tables of their own', async () => {
    const { report } = await run(joined, { footer: true });
    expect(report.counts).toEqual([
      { table: 'public.users', rule: 'unique emails', count: 2 },
      { table: 'b.public.users', rule: 'emails', count: 2 },
    ]);
  });

  test('may be named by their databases', async () => {
    const rules =
      'version: 1\ntables:\n  a.public.users: { columns: { mail: "null" } }\n  b.public.users: { rows: drop }\n';
    const { text } = await run(joined, { rules });
    expect(text).toContain('1\t\\N\n');
    expect(text).not.toContain('INSERT');
  });

  test('a dump that connects to one database has names without it', async () => {
    const { report } = await run(`${begun}\\connect a\n${one}${done}`, { footer: true });
    expect(report.counts).toEqual([{ table: 'public.users', rule: 'unique emails', count: 2 }]);
  });
});
