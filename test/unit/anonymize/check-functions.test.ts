/** Functions that a dump defines: those of one expression are read where CHECKs, indexes and partitions call them. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';
import { rowsOf } from './tried.ts';

const pattern = String.raw`'^[a-z]+@firm\.example$'`;
const checked = 'CREATE TABLE public.t (email text CHECK (public.f(email)));';
const written = (definition: string, tables = checked): Promise<string> =>
  rowsOf(`${definition}\n${tables}`, 'email', 'kim@firm.example');

describe('a body of one expression is computed', () => {
  test.each([
    ['SQL', `f(e text) RETURNS boolean LANGUAGE sql AS $$ SELECT e ~ ${pattern} $$;`],
    ['SQL with a number for the parameter', `f(text) RETURNS boolean LANGUAGE sql AS $_$ SELECT $1 ~ ${pattern}; $_$;`],
    [
      'SQL with the language behind it',
      `f(e character varying) RETURNS boolean AS $$SELECT e ~ ${pattern} AS ok$$ LANGUAGE sql;`,
    ],
    ['SQL in quotes', `f(e text) RETURNS boolean LANGUAGE sql AS 'SELECT e ~ ''^[a-z]+@firm\\.example$''';`],
    [
      'BEGIN ATOMIC',
      `f(e text) RETURNS boolean LANGUAGE sql\n    BEGIN ATOMIC\n SELECT (f.e ~ ${pattern}::text);\nEND;`,
    ],
    ['RETURN', `f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN (e ~ ${pattern}::text);`],
    ['STRICT', `f(e text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT e ~ ${pattern} $$;`],
    ['PL/pgSQL', `f(e text) RETURNS boolean LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN e ~ ${pattern};\nEND;\n$$;`],
    [
      'PL/pgSQL with variables and IF',
      `f(e text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE domain text := split_part(e, '@', 2); ok boolean;
BEGIN
  IF e IS NULL THEN RETURN true; ELSIF domain = '' THEN RETURN false; END IF;
  ok := domain = 'firm.example';
  IF ok THEN RETURN e ~ ${pattern}; ELSE RETURN false; END IF;
END $$;`,
    ],
  ])('%s', async (_name, definition) => {
    expect(await written(`CREATE FUNCTION public.${definition}`)).toBe('nobody@firm.example');
  });

  test('in functions that call each other, in domains, indexes and partitions', async () => {
    const domain = "CREATE FUNCTION public.d(e text) RETURNS text LANGUAGE sql AS $$ SELECT split_part(e, '@', 2) $$;";
    const outer =
      "CREATE FUNCTION public.f(e text) RETURNS boolean LANGUAGE sql AS $$ SELECT public.d(e) = 'firm.example' $$;";
    expect(await written(`${domain}\n${outer}`)).toBe('nobody@firm.example');
    const inDomain =
      'CREATE DOMAIN public.mail AS text CHECK (public.f(VALUE));\nCREATE TABLE public.t (email public.mail);';
    expect(await written(`${domain}\n${outer}`, inDomain)).toBe('nobody@firm.example');
    const unique =
      'CREATE TABLE public.t (email text);\nCREATE UNIQUE INDEX one ON public.t USING btree (public.d(email));';
    expect(await written(domain, unique)).toMatch(/^nobody@nobody-[a-z2-7]{16}\.example\.com$/);
    const parts = `CREATE TABLE public.t (email text) PARTITION BY LIST (public.d(email));
CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES IN ('firm.example');`;
    expect(await written(domain, parts)).toBe('nobody@firm.example');
  });
});

test('an address in a body becomes the usual one, which the function must not refuse', async () => {
  const f = "CREATE FUNCTION public.f(e text) RETURNS boolean LANGUAGE sql AS $$ SELECT e <> 'root@firm.example' $$;";
  expect(await written(f)).toMatch(/^nobody-[a-z2-7]{16}@example\.com$/);
});

test.each([
  [
    'reads tables',
    'f(e text) RETURNS boolean LANGUAGE sql AS $$ SELECT count(*) = 0 FROM public.blocked WHERE b = e $$;',
  ],
  ['loops', 'f(e text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN LOOP RETURN true; END LOOP; END $$;'],
  ['raises', "f(e text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"],
  ['is in another language', "f(e text) RETURNS boolean LANGUAGE plpython3u AS $$ return '@' in e $$;"],
  [
    'has two forms',
    'f(e text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;\nCREATE FUNCTION public.f(e integer) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;',
  ],
])('a function that %s is not known, which is told', async (_name, definition) => {
  const sql = `CREATE FUNCTION public.${definition}\n${checked}\nCOPY public.t (email) FROM stdin;\nkim@firm.example\n\\.\n`;
  const { report, text } = await run(sql);
  expect(text).toContain('\nnobody@example.com\n');
  expect(report.warnings.join()).toMatch(/public\.t\.email: whether CHECK .* is not known/);
});
