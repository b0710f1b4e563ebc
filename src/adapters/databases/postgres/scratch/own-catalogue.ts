/**
 * The server's own functions, operators, types and casts, before and after a restore as superuser. A dump that replaces one of
 * them could make the copy say anything; then it proves nothing.
 */
import type { Refusal } from '../../../../ports/dump-engine.ts';

/**
 * Prints the rows, each after the name of its catalogue. Nothing but COPY and bare columns, so that nothing that a dump has
 * replaced takes part: output functions of built-in types are found by their number (fmgr.c, fmgr_isbuiltin).
 */
export const catalogueScript = [
  'SET search_path = pg_catalog;',
  ...Object.entries({
    pg_proc: 'proname, pronamespace, prolang, prokind, proretset, proargtypes, prorettype, prosrc, probin, proconfig',
    pg_operator: 'oprname, oprnamespace, oprkind, oprleft, oprright, oprresult, oprcode',
    pg_type: 'typname, typnamespace, typtype, typinput, typoutput, typreceive, typsend, typelem, typbasetype',
    pg_cast: 'castsource, casttarget, castfunc, castcontext, castmethod',
  }).flatMap(([catalogue, columns]) => [
    `\\echo ${catalogue}`,
    `COPY (SELECT oid, ${columns} FROM pg_catalog.${catalogue}) TO STDOUT;`,
  ]),
].join('\n');

/** The first oid of users' objects (FirstNormalObjectId in transam.h), and that of the schema pg_catalog. */
const firstOfUsers = 16_384;
const pgCatalog = '11';

interface Row {
  readonly key: string;
  readonly name: string;
  readonly schema: string;
  readonly ofServer: boolean;
  readonly line: string;
}

function rowsOf(output: string): readonly Row[] {
  let catalogue = '';
  return output.split('\n').flatMap((line) => {
    const [oid = '', name = '', schema = ''] = line.split('\t');
    if (schema === '') {
      catalogue = line;
      return [];
    }
    return { key: `${catalogue} ${oid}`, name, schema, ofServer: Number(oid) < firstOfUsers, line };
  });
}

/**
 * @param before,after what the script printed
 * @returns undefined unless the restore replaced something of the server, or put something of the same name beside it
 */
export function catalogueChange(before: string, after: string): Refusal | undefined {
  const old = new Map(rowsOf(before).map((row) => [row.key, row]));
  const known = new Set([...old.values()].map(({ key, name }) => `${key.split(' ')[0]} ${name}`));
  const now = rowsOf(after);
  const kept = new Set(now.map(({ key }) => key));
  const changed = now.find((row) => {
    if (row.ofServer) return old.get(row.key)?.line !== row.line;
    // An operator or a function beside those of the server may suit the arguments better.
    const [catalogue = ''] = row.key.split(' ');
    return catalogue !== 'pg_cast' && row.schema === pgCatalog && known.has(`${catalogue} ${row.name}`);
  });
  const gone = [...old.values()].find(({ key, ofServer }) => ofServer && !kept.has(key));
  const row = changed ?? gone;
  if (row === undefined) return undefined;
  return {
    message: `the dump replaces something of the server itself (${row.key.split(' ')[0]}, ${row.name}), so the copy can show anything`,
    likelyCause: 'somebody changed the system catalogues of the source, or the dump is an attack',
    fix: 'look at the functions and operators in the schema pg_catalog of the source',
  };
}
