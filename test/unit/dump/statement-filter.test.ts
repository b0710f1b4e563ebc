/** Statements of dumps that a server cannot take. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sqlForRestore } from '../../../src/dump/engines/postgres/restore/restorable.ts';
import { parseTarget, type RestoreTarget } from '../../../src/dump/engines/postgres/restore/restore-target.ts';
import { StatementFilter } from '../../../src/dump/engines/postgres/restore/statement-filter.ts';
import { withoutTablespaces } from '../../../src/dump/engines/postgres/restore/tablespaces.ts';

const target: RestoreTarget = {
  version: { major: 15, minor: 20 },
  unknownSettings: new Set(['transaction_timeout']),
  superuser: true,
  mayCreateRoles: true,
  roles: new Set(['postgres', 'Known Role']),
  extensions: new Map([
    ['plpgsql', { version: '1.0', installed: true, needsSuperuser: true }],
    ['citext', { version: '1.6', installed: false, needsSuperuser: false }],
    ['pg_stat_statements', { version: '1.10', installed: false, needsSuperuser: true }],
  ]),
};
const ordinary: RestoreTarget = { ...target, superuser: false, mayCreateRoles: false };

function filtered(sql: string, on = target, purpose: 'people' | 'proof' = 'people') {
  const filter = new StatementFilter(on, purpose);
  const texts = sql.split('\n').filter((line) => line !== '');
  const out = texts.map((line) => (filter.concerns(line) ? (filter.apply(line) ?? line) : line));
  return { out: out.filter((line) => line !== '').join('\n'), filter, notes: filter.notes };
}

describe('left out of a dump', () => {
  test.each([
    [
      'owner',
      'ALTER TABLE public."odd; name" OWNER TO shop;\nALTER FUNCTION public.f(integer, text) OWNER TO "The Owner";',
    ],
    [
      'owner',
      "ALTER LARGE OBJECT 16400 OWNER TO shop;\nSET SESSION AUTHORIZATION 'shop';\nRESET SESSION AUTHORIZATION;",
    ],
    ['right', 'GRANT SELECT ON TABLE public.t TO reader;\nREVOKE USAGE ON SCHEMA public FROM PUBLIC;'],
    ['right', 'ALTER DEFAULT PRIVILEGES FOR ROLE shop IN SCHEMA public GRANT SELECT ON TABLES  TO reader;'],
    ['label', "SECURITY LABEL FOR anon ON COLUMN public.t.email IS 'MASKED WITH VALUE NULL';"],
    [
      'tablespace',
      "SET default_tablespace = fast;\nALTER INDEX public.i SET TABLESPACE fast;\nCREATE TABLESPACE x OWNER y LOCATION '/z';",
    ],
    [
      'the database itself',
      "DROP DATABASE shop;\nCREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\nALTER DATABASE shop SET bytea_output TO 'escape';\nALTER ROLE app IN DATABASE shop SET work_mem TO '1MB';\nCOMMENT ON DATABASE shop IS 'x';",
    ],
    ['settings that this server does not have (transaction_timeout)', 'SET transaction_timeout = 0;'],
    ['settings that this server does not have (default_with_oids)', 'SET default_with_oids = true;'],
    [
      'settings that this server does not have (pg_attver)',
      'ALTER TABLE ONLY public.a ALTER COLUMN "B c" SET (pg_attver=48276064);',
    ],
  ])('%s: %s', (what, sql) => {
    const { out, notes } = filtered(sql);
    expect(out).toBe('');
    expect(notes).toEqual([expect.stringMatching(/^left out: \d+ statements? /)]);
    expect(notes[0]).toContain(what);
  });

  test('what --clean drops before it creates anything', () => {
    const drops =
      'ALTER TABLE ONLY public.a DROP CONSTRAINT a_fk;\nALTER TABLE ONLY public.a ALTER COLUMN id DROP DEFAULT;\nDROP INDEX public.i;\nCREATE OR REPLACE VIEW public.v AS\nSELECT\n    NULL::integer AS id;\nDROP TABLE public.a;\nSELECT pg_catalog.lo_unlink(16400);\nDROP SCHEMA public;\n'.replace(
        'AS\nSELECT\n   ',
        'AS SELECT',
      );
    const created = 'CREATE TABLE public.a (id integer);\nCREATE TEMP TABLE b (id integer);\nDROP TABLE b;';
    const { out, notes } = filtered(`SET lock_timeout = 0;\n${drops}CREATE SCHEMA public;\n${created}`);
    expect(out).toBe(`SET lock_timeout = 0;\nCREATE SCHEMA IF NOT EXISTS public;\n${created}`);
    expect(notes).toEqual(['left out: 7 statements dropping what a new database does not have']);
  });

  test('comments on what only a superuser owns, unless it is one', () => {
    const comments = "COMMENT ON EXTENSION citext IS 'x';\nCOMMENT ON SCHEMA public IS 'x';";
    const other = "COMMENT ON TABLE public.t IS 'COMMENT ON EXTENSION x';\nCOMMENT ON SCHEMA public2 IS 'x';";
    expect(filtered(`${comments}\n${other}`).out).toBe(`${comments}\n${other}`);
    expect(filtered(`${comments}\n${other}`, ordinary).out).toBe(other);
  });

  test('languages and schemas that are there', () => {
    const sql =
      'CREATE PROCEDURAL LANGUAGE plpgsql;\nCREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql;\nCREATE LANGUAGE plperl;';
    expect(filtered(sql).out).toBe('CREATE LANGUAGE plperl;');
  });
});

test.each([
  'SET statement_timeout = 0;',
  "SET default_tablespace = '';",
  'SET default_with_oids = false;',
  'SET default_table_access_method = heap;',
  "COMMENT ON COLUMN public.t.a IS 'GRANT x OWNER TO y;';",
  "ALTER TABLE public.t ADD CONSTRAINT c CHECK ((a <> 'OWNER TO x'::text));",
  'ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT 1;',
  'ALTER SEQUENCE public.s OWNED BY public.t.id;',
  'CREATE TABLE public.tablespace (tablespace text, tablespace_x integer);',
  'CREATE INDEX i ON tablespace USING btree (a);',
  'CREATE SCHEMA public2;',
  'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ GRANT x TO y; DROP TABLE z; $$;',
  'INSERT INTO public.t VALUES (1);',
  'SELECT pg_catalog.setval(1, 2);',
  'CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;',
])('stays as it is: %s', (sql) => {
  expect(filtered(sql)).toMatchObject({ out: sql, notes: [] });
  expect(filtered(sql, ordinary).out).toBe(sql);
});

test('tools of a newer series set what the server does not have', () => {
  const filter = new StatementFilter(target, 'people');
  expect(filter.lacksSettingsOf({ major: 17, minor: 12 })).toBe(true);
  expect(filter.lacksSettingsOf({ major: 15, minor: 20 })).toBe(false);
});

test('of a proof only settings are left out: whatever else the server refuses must show', () => {
  const sql =
    'SET transaction_timeout = 0;\nSET default_tablespace = fast;\nGRANT a TO b;\nCREATE POLICY p ON t TO nobody;\nDROP TABLE t;';
  expect(filtered(sql, ordinary, 'proof')).toMatchObject({ out: sql.slice(sql.indexOf('\n') + 1) });
});

describe('tablespaces in clauses', () => {
  test.each([
    ['CREATE TABLE t (id int) TABLESPACE fast;', 'CREATE TABLE t (id int);'],
    [
      'CREATE TABLE t (id int PRIMARY KEY USING INDEX TABLESPACE "f a"'.concat(', b int) TABLESPACE x;'),
      'CREATE TABLE t (id int PRIMARY KEY, b int);',
    ],
    [
      'CREATE UNIQUE INDEX i ON t USING btree (a) NULLS NOT DISTINCT TABLESPACE fast WHERE (a > 1);',
      'CREATE UNIQUE INDEX i ON t USING btree (a) NULLS NOT DISTINCT WHERE (a > 1);',
    ],
    [
      'ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id) USING INDEX TABLESPACE fast;',
      'ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id);',
    ],
  ])('%s', (sql, expected) => {
    expect(withoutTablespaces(sql)).toBe(expected);
    expect(filtered(sql)).toMatchObject({ out: expected, notes: ['left out: 1 statement about tablespaces'] });
  });
});

describe('roles that policies and user mappings name', () => {
  const policies =
    'CREATE POLICY p ON public.t FOR SELECT TO app_user, "Known Role", "O""Neil" USING ((owner = \'TO x\'::text));\nCREATE POLICY q ON public."to" AS RESTRICTIVE TO app_user WITH CHECK (true);\nCREATE POLICY r ON public.t USING (true);\nCREATE POLICY s ON public.t TO PUBLIC;';
  const mapping =
    'CREATE USER MAPPING FOR remote_user SERVER s OPTIONS ("user" \'x\');\nCREATE USER MAPPING FOR PUBLIC SERVER s;';

  test('are made without login, once, where the server lacks them', () => {
    const { out, notes } = filtered(`${policies}\n${mapping}`);
    const made = out.split('\n').filter((line) => line.startsWith('CREATE ROLE'));
    expect(made).toEqual([
      'CREATE ROLE "app_user" NOLOGIN;',
      'CREATE ROLE "O""Neil" NOLOGIN;',
      'CREATE ROLE "remote_user" NOLOGIN;',
    ]);
    expect(out.split('\n').filter((line) => !line.startsWith('CREATE ROLE'))).toEqual(
      [policies, mapping].join('\n').split('\n'),
    );
    expect(notes).toEqual([
      'made, without login, since policies or user mappings name them: the roles app_user, O"Neil, remote_user',
    ]);
  });

  test('are named all at once, with the statement, where they cannot be made', () => {
    const { filter } = filtered(`${policies}\n${mapping}`, ordinary);
    expect(filter.failed).toBe(true);
    expect(() => filter.throwIfFailed()).toThrow(
      expect.objectContaining({
        what: 'the server lacks the roles app_user, O"Neil, remote_user, which the dump needs',
        fix: 'as a role that may create roles: CREATE ROLE "app_user" NOLOGIN; CREATE ROLE "O""Neil" NOLOGIN; CREATE ROLE "remote_user" NOLOGIN;',
        code: 'role-missing',
      }),
    );
  });

  test("but PostgreSQL's own, which a newer server has, cannot be made", () => {
    const { filter, out } = filtered('CREATE POLICY p ON public.t TO pg_maintain;');
    expect(out).not.toContain('CREATE ROLE');
    expect(() => filter.throwIfFailed()).toThrow('lacks the role pg_maintain');
  });
});

describe('extensions', () => {
  test('that the server lacks, or that only a superuser may create, are named all at once', () => {
    const sql = ['citext', 'plpgsql', 'postgis', '"uuid-ossp"', 'pg_stat_statements']
      .map((name) => `CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA public;`)
      .join('\n');
    const { filter, out } = filtered(sql, ordinary);
    expect(out).toBe(sql);
    expect(() => filter.throwIfFailed()).toThrow(
      expect.objectContaining({
        what: 'the server lacks the extensions postgis, uuid-ossp, which the dump needs; only a superuser may create the extension pg_stat_statements',
        fix: expect.stringMatching(
          /^install postgresql-15-postgis-3 on the server; install postgresql-15 on the server; load the dump as a superuser/,
        ),
        code: 'extension-missing',
      }),
    );
    expect(() => filtered('CREATE EXTENSION pg_stat_statements;').filter.throwIfFailed()).not.toThrow();
  });
});

describe('a whole dump', () => {
  const footer = '\n--\n-- PostgreSQL database dump complete\n--\n';
  const restored = async (sql: string, filter: StatementFilter, chunk = 9): Promise<string> => {
    async function* chunks(): AsyncGenerator<Buffer> {
      const bytes = Buffer.from(sql);
      for (let at = 0; at < bytes.length; at += chunk) yield Buffer.from(bytes.subarray(at, at + chunk));
    }
    const parts: Buffer[] = [];
    for await (const part of sqlForRestore(chunks(), { major: 15, minor: 3 }, { filter })) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  };

  test('of pg_dump -C goes into the database that is given, and rows stay untouched', async () => {
    const filter = new StatementFilter(target, 'people');
    const rows = 'COPY public.t (a) FROM stdin;\nGRANT x TO y;\nü\\n\\\\.\n\\.\n';
    const sql = `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.2\n-- Dumped by pg_dump version 17.9 (Debian 17.9-1)\n\nSET transaction_timeout = 0;\nCREATE DATABASE shop;\n\nALTER DATABASE shop OWNER TO ann;\n\n\\connect shop\n\nCREATE TABLE public.t (a text);\n\n${rows}${footer}`;
    const out = await restored(sql, filter);
    expect(out).toContain(rows);
    expect(out).not.toMatch(/transaction_timeout|DATABASE shop|connect/);
    expect(filter.notes).toEqual([
      expect.stringMatching(
        /1 statement with settings.*; 2 statements about the database itself.*; 1 statement about owners/,
      ),
    ]);
    expect(filter.newer).toBe(
      'pg_dump 17.9 wrote the dump, and the server is PostgreSQL 15.20, which may lack what newer ones have',
    );
  });

  test('sends nothing more once the server is known to lack something, and tells all that it lacks', async () => {
    const filter = new StatementFilter(ordinary, 'people');
    const sql = `CREATE EXTENSION postgis;\nCREATE TABLE a (b int);\nCREATE POLICY p ON a TO one;\nCREATE POLICY q ON a TO two;\n${footer}`;
    const out: string[] = [];
    await expect(
      (async () => {
        for await (const part of sqlForRestore(
          (async function* () {
            yield Buffer.from(sql.slice(0, 50).padEnd(20_000, '\n'));
            yield Buffer.from(sql.slice(50));
          })(),
          { major: 15, minor: 3 },
          { filter },
        ))
          out.push(part.toString());
      })(),
    ).rejects.toThrow(/extension postgis and the roles one, two/);
    expect(out.join('')).not.toContain('TABLE');
  });

  test('of data alone is told as such before a row is sent', async () => {
    for (const rows of ['COPY public.t (a) FROM stdin;\n1\n\\.\n', 'INSERT INTO public.t VALUES (1);\n']) {
      const alone = restored(`SET lock_timeout = 0;\n${rows}${footer}`, new StatementFilter(target, 'people'));
      await expect(alone).rejects.toThrow('the dump holds rows, but not the tables that they belong to');
      const after = `CREATE UNLOGGED TABLE public.t (a int);\n${rows}${footer}`;
      expect(await restored(after, new StatementFilter(target, 'people'))).toBe(`${after}\n`);
      expect(await restored(rows + footer, new StatementFilter(target, 'proof'))).toBe(`${rows}${footer}\n`);
    }
  });

  test('without anything to leave out comes out as it is, whatever its chunks', async () => {
    const word = fc.constantFrom('GRANT', 'OWNER TO x', 'SET', "'", 'tablespace x', 'ünï', '--', ';');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), async (words, chunk) => {
        const text = words.join(' ').replaceAll("'", "''");
        const sql = `CREATE TABLE t (a text DEFAULT '${text}');\nCOMMENT ON TABLE t IS '${text}';\nINSERT INTO t VALUES ('${text}');\n${footer}`;
        expect(await restored(sql, new StatementFilter(target, 'people'), chunk)).toBe(`${sql}\n`);
      }),
      { numRuns: 100 },
    );
  });
});

test('the answer of the server is read', () => {
  const line =
    '{"version": "150020", "unknown": ["transaction_timeout"], "superuser": false, "mayCreateRoles": true, "roles": ["a b"], "extensions": [["citext", "1.6", true, false]]}';
  const read = parseTarget(line);
  expect(read).toMatchObject({ version: { major: 15, minor: 20 }, superuser: false, mayCreateRoles: true });
  expect([...read.unknownSettings, ...read.roles]).toEqual(['transaction_timeout', 'a b']);
  expect(read.extensions.get('citext')).toEqual({ version: '1.6', installed: true, needsSuperuser: false });
});
