/** What a comparison of source and copy calls a difference, a note, or unread. */
import { describe, expect, test } from '@jest/globals';
import type { DumpFingerprint } from '../../../src/domain/dump.ts';
import { compareDatabases, viewsToRefresh } from '../../../src/dump/engines/postgres/compare/compare.ts';
import { notOnStandby, parseFingerprint } from '../../../src/dump/engines/postgres/fingerprint/fingerprint-rows.ts';
import type { Anonymised, DescribedFingerprint } from '../../../src/ports/dump-engine.ts';

const of = (more: Partial<DescribedFingerprint> = {}): DescribedFingerprint => ({
  takenAt: '',
  seconds: 0,
  serverVersion: '15.20',
  tables: [{ name: 'app.t', rows: '1', checksum: '7' }],
  sequences: {},
  extensions: {},
  objects: {},
  ...more,
});
const table = (name: string, rows: string, checksum = '1') => ({ name, rows, checksum });
const differences = (source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised) =>
  compareDatabases(source, copy, anonymised).differences.map(
    ({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`,
  );
const notes = (source: DescribedFingerprint, copy: DescribedFingerprint) => compareDatabases(source, copy).notes;

describe('definitions', () => {
  const sql = (...pairs: [string, string][]) => ({
    definitions: Object.fromEntries(pairs.map(([id, text]) => [id, `hash of ${text}`])),
    sql: new Map(pairs),
  });
  const source = of(
    sql(['TABLE app.t', 'CREATE TABLE app.t (\n    id integer,\n    email character varying(100) NOT NULL\n);']),
  );

  test('may have the words that a second restore of them alone has, and no others', () => {
    const words = (text: string) => sql(['VIEW app.v', text]);
    const [was, is, wrong] = ['SELECT ((a AND b) AND c)', 'SELECT (a AND b AND c)', 'SELECT (a AND b)'];
    const expected = of(words(was));
    const copy = (text: string, again: string) => {
      const { definitions, sql: statements } = words(again);
      const figures = { definitions, objects: {} };
      return { ...of(words(text)), reworded: { figures, sql: statements, text: Buffer.from('') } };
    };
    expect(differences(expected, copy(is, is))).toEqual([]);
    expect(differences(expected, copy(was, is))).toEqual([]);
    expect(differences(expected, copy(wrong, is))).toEqual([
      'definition of VIEW app.v: expected `SELECT (a AND b AND c)`, found `SELECT (a AND b)`',
    ]);
  });
  test('that differ are told by their first differing line', () => {
    const copy = of(sql(['TABLE app.t', 'CREATE TABLE app.t (\n    id integer,\n    email text\n);']));
    expect(differences(source, source)).toEqual([]);
    expect(differences(source, copy)).toEqual([
      'definition of TABLE app.t: expected `email character varying(100) NOT NULL`, found `email text`',
    ]);
    // Lines that one of them has more.
    const shorter = of(sql(['TABLE app.t', 'CREATE TABLE app.t (\n    id integer,']));
    expect(differences(source, shorter)[0]).toMatch(/NOT NULL`, found no such line$/);
    expect(differences(shorter, source)[0]).toMatch(/expected no such line, found `email/);
    // A comma more is a difference, wherever the line that follows it is.
    const comma = of(sql(['TABLE app.t', 'CREATE TABLE app.t (\n    id integer']));
    expect(differences(comma, shorter)).toEqual([
      'definition of TABLE app.t: expected that of the source, found another',
    ]);
  });
  test('are known to differ without their text, too, as that of passwords is never shown', () => {
    const { sql: _, ...hashes } = source;
    const copy = of(sql(['TABLE app.t', 'other']));
    expect(differences(hashes, copy)).toEqual([
      'definition of TABLE app.t: expected that of the source, found another',
    ]);
    const mapping = (password: string) => of(sql(['USER MAPPING USER MAPPING app SERVER s', `password '${password}'`]));
    expect(differences(mapping('secret'), mapping('lost')).join()).not.toMatch(/secret|lost/);
    expect(differences(mapping('secret'), mapping('lost'))).toHaveLength(1);
  });
  test('that are missing, or were not in the source, are differences', () => {
    expect(differences(source, of(sql()))).toEqual(['TABLE app.t: expected its definition, found nothing']);
    expect(differences(of(sql()), source)).toEqual(['TABLE app.t: expected nothing, found a definition']);
    expect(differences(source, of())).toHaveLength(1);
  });
  test('may be worded otherwise by a newer server, and must be there', () => {
    const newer = { ...of(sql(['TABLE app.t', 'CREATE TABLE app.t (id int4);'])), serverVersion: '16.1' };
    expect(differences(source, newer)).toEqual([]);
    expect(notes(source, newer)).toEqual([expect.stringContaining('TABLE app.t')]);
    expect(differences(source, { ...of(sql()), serverVersion: '16.1' })).toHaveLength(1);
    expect(differences(source, { ...newer, serverVersion: '14.1' })).toHaveLength(1);
  });
  test('of receipts of earlier versions are numbers, compared with numbers of the same making', () => {
    const old = of({ objects: { tables: 3 } });
    expect(differences(old, of({ objects: { tables: 2 } }))).toEqual(['tables: expected 3, found 2']);
    expect(differences(old, { ...source, objects: { tables: 2 } })).toEqual([]);
  });
  test('are without those foreign keys whose triggers are off in the copy', () => {
    expect(differences(source, { ...source, unenforced: ['app.t fk'] })).toEqual([
      'foreign key app.t fk: expected enforced, found its triggers are disabled',
    ]);
  });
});

describe('rows', () => {
  test('of configuration tables of extensions are compared as others are', () => {
    const source = of({ configuration: [table('public.spatial_ref_sys', '2', '5')] });
    expect(differences(source, source)).toEqual([]);
    expect(differences(source, of({ configuration: [table('public.spatial_ref_sys', '1', '4')] }))).toHaveLength(1);
    expect(differences(source, of({ configuration: [] }))).toHaveLength(1);
  });
  test('that could not be read are no difference, and no proof', () => {
    const unread = [{ what: 'rows of app.u', why: 'permission denied for table u' }];
    const [source, copy] = [of({ unread }), of({ tables: [...of().tables, table('app.u', '5')] })];
    expect(compareDatabases(source, copy)).toMatchObject({ differences: [], unread, notes: [] });
    expect(compareDatabases(copy, source)).toMatchObject({
      differences: [],
      unread: [{ what: 'rows of app.u, in the copy', why: 'permission denied for table u' }],
    });
  });
  test('that a standby does not have are not in the dump, which is right', () => {
    const source = of({ unread: [{ what: 'rows of app.u', why: notOnStandby }] });
    const copy = of({ tables: [...of().tables, table('app.u', '0', '0')] });
    expect(compareDatabases(source, copy)).toMatchObject({
      differences: [],
      unread: [],
      notes: [expect.stringContaining('rows of app.u are not in the dump')],
    });
  });
  test('that differ where the copy lacks the locale of the source are in doubt; a table that is missing is not', () => {
    const german = { encoding: 'UTF8', collate: 'de_DE.UTF-8', ctype: 'de_DE.UTF-8', provider: 'libc' } as const;
    const plain = { ...german, collate: 'C.UTF-8', ctype: 'C.UTF-8' };
    const tables = [table('app.u', '5', '7')];
    const source = of({ locale: german, tables });
    const copy = (locale: typeof german | typeof plain, rows = tables) => of({ locale, tables: rows });
    const doubts = (one: DumpFingerprint) => compareDatabases(source, one).differences.map(({ doubt }) => doubt);
    const other = [table('app.u', '5', '8')];
    expect(doubts(copy(german, other))).toEqual([undefined]);
    expect(doubts(copy(plain))).toEqual([]);
    expect(doubts(copy(plain, other))).toEqual([
      'the copy has the locale C.UTF-8/C.UTF-8, the source de_DE.UTF-8/de_DE.UTF-8',
    ]);
    expect(doubts(copy(plain, []))).toEqual([undefined]);
  });
  test('in another encoding have other checksums', () => {
    const locale = (encoding: string) => ({ encoding, collate: 'C', ctype: 'C', provider: 'libc' as const });
    const [source, copy] = [
      of({ locale: locale('LATIN1') }),
      of({ locale: locale('UTF8'), tables: [table('app.t', '1', '8')] }),
    ];
    expect(compareDatabases(source, copy)).toMatchObject({
      differences: [],
      unread: [{ what: 'checksums of tables', why: 'the source stores text in LATIN1, the copy in UTF8' }],
    });
    expect(differences(source, { ...copy, locale: source.locale })).toHaveLength(1);
  });
});

describe('materialised views', () => {
  const view = (content?: string, refreshed?: string[]) =>
    of({
      views: [
        {
          name: 'app.v',
          populated: content !== undefined,
          ...(content && { content }),
          ...(refreshed && { refreshed }),
        },
      ],
    });
  const source = view('2:10');

  test('hold the rows that they held, or those that a refresh gives', () => {
    expect(differences(source, source)).toEqual([]);
    expect(viewsToRefresh(source, source)).toEqual([]);
    expect(viewsToRefresh(source, view('3:11'))).toEqual(['app.v']);
    // The copy holds what its tables give: the source was stale.
    expect(differences(source, view('3:11', ['3:11', '3:11']))).toEqual([]);
    expect(notes(source, view('3:11', ['3:11', '3:11']))).toEqual([expect.stringContaining('had not refreshed')]);
    // Each refresh gives something else.
    expect(differences(source, view('3:11', ['3:12', '3:13']))).toEqual([]);
    expect(notes(source, view('3:11', ['3:12', '3:13']))).toEqual([expect.stringContaining('depends on when')]);
  });
  test('that a refresh would make equal to the source were restored wrongly', () => {
    expect(differences(source, view('1:9', ['2:10', '2:10']))).toEqual([
      'rows of app.v: expected 2 with checksum 10, found 1 with checksum 9',
    ]);
    // A copy that could not be refreshed says nothing in its favour.
    expect(differences(source, view('1:9'))).toHaveLength(1);
  });
  test('of an anonymised file have other rows, and are filled all the same', () => {
    const anonymised = { rowsLeftOut: new Set<string>() };
    expect(differences(source, view('3:11'), anonymised)).toEqual([]);
    expect(differences(source, view(), anonymised)).toHaveLength(1);
  });
  test('are populated in both, or in neither', () => {
    expect(differences(source, view())).toEqual(['materialised view app.v: expected populated, found not populated']);
    expect(differences(view(), source)).toHaveLength(1);
    expect(differences(source, of({ views: [] }))).toEqual([
      'materialised view app.v: expected populated, found nothing',
    ]);
  });
});

test('large objects are compared by number and content; those of an anonymised file by content where none changed', () => {
  const objects = (count: string, checksum: string) => of({ largeObjects: { count, checksum } });
  expect(differences(objects('2', '5'), objects('2', '5'))).toEqual([]);
  expect(differences(objects('2', '5'), objects('1', '5'))).toEqual(['number of large objects: expected 2, found 1']);
  expect(differences(objects('2', '5'), objects('2', '6'))).toEqual(['checksum of large objects: expected 5, found 6']);
  expect(differences(objects('2', '5'), objects('2', '6'), { rowsLeftOut: new Set() })).toEqual([]);
  expect(differences(objects('2', '5'), objects('1', '6'), { rowsLeftOut: new Set() })).toHaveLength(1);
  const rules = (largeObjectsChanged: boolean) => ({ rowsLeftOut: new Set<string>(), largeObjectsChanged });
  expect(differences(objects('2', '5'), objects('2', '6'), rules(true))).toEqual([]);
  expect(differences(objects('2', '5'), objects('2', '6'), rules(false))).toEqual([
    'checksum of large objects: expected 5, found 6',
  ]);
});

test('an extension has its schema, and its version or the newer one that the copy installs', () => {
  const extension = (version: string, schema = 'public', standard = version) =>
    of({
      extensions: { hstore: version },
      extensionSchemas: { hstore: schema },
      extensionDefaults: { hstore: standard },
    });
  const source = extension('1.7');
  expect(differences(source, source)).toEqual([]);
  expect(differences(source, extension('1.8'))).toEqual([]);
  expect(notes(source, extension('1.8'))).toEqual([
    "extension hstore: the copy's server installs 1.8, the source has 1.7",
  ]);
  expect(differences(source, extension('1.6', 'public', '1.8'))).toEqual(['extension hstore: expected 1.7, found 1.6']);
  expect(differences(source, extension('1.7', 'app'))).toEqual([
    'schema of extension hstore: expected public, found app',
  ]);
  expect(differences(source, of())).toEqual(['extension hstore: expected installed, found nothing']);
  expect(differences(of({ extensionSchemas: {} }), source)).toEqual(['extension hstore: expected nothing, found 1.7']);
  // Receipts of earlier versions say that it is installed.
  expect(differences(of({ extensions: { hstore: '1.7' } }), extension('1.6'))).toEqual([]);
});

test('a sequence that the source does not have is a difference', () => {
  expect(differences(of(), of({ sequences: { 'app.s': '1' } }))).toEqual(['sequence app.s: expected nothing, found 1']);
});

describe('an anonymised file', () => {
  const part = (name: string, rows: string, columns: Record<string, string>) => ({
    ...table(name, rows),
    root: 'app.p',
    columns,
  });
  const source = of({
    tables: [part('app.p1', '3', { id: '5', email: '7' }), part('app.p2', '1', { id: '2', email: '4' })],
  });
  const rules = { rowsLeftOut: new Set<string>(), changed: new Map([['app.p', new Set(['email'])]]) };

  test('keeps the values of columns without a rule, in whatever partition', () => {
    const copy = of({
      tables: [part('app.p1', '2', { id: '4', email: '70' }), part('app.p2', '2', { id: '3', email: '40' })],
    });
    expect(differences(source, copy, rules)).toEqual([]);
    const lost = of({ tables: [part('app.p1', '4', { id: '8', email: '11' })] });
    expect(differences(source, lost, rules)).toEqual(['checksum of column id of app.p: expected 7, found 8']);
    expect(differences(source, lost, { rowsLeftOut: new Set() })).toEqual([]);
    expect(differences(source, lost, { ...rules, rowsLeftOut: new Set(['app.p']) })).toEqual([]);
  });
  test('is not compared where a partition of the source could not be read', () => {
    const unread = [{ what: 'rows of app.p2', why: 'permission denied for table p2' }];
    const partly = { ...source, tables: source.tables.slice(0, 1), unread };
    expect(compareDatabases(partly, source, rules)).toMatchObject({ differences: [], unread });
    const alone = { ...of({ tables: [] }), unread: [{ what: 'rows of app.t', why: 'permission denied for table t' }] };
    expect(differences(alone, of(), rules)).toEqual([]);
  });
  test('has the definitions that are expected of it', () => {
    const definitions = { 'TABLE app.t': 'x' };
    expect(differences({ ...source, definitions }, { ...source, definitions: {} }, rules)).toHaveLength(1);
  });
});

describe('the rows of the scripts', () => {
  const facts = { takenAt: 'now', seconds: 1, serverVersion: '15.20' };
  const parse = (...lines: (object | string)[]): DumpFingerprint =>
    parseFingerprint(
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))),
      facts,
    );
  const database = {
    locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'icu', locale: 'de' },
    searchPath: 'public',
    server: '160003',
  };
  const none = { largeObjects: '0', checksum: '0' };

  test('join what the lists name with its figures; what has none was refused, with the message of its statement', () => {
    const { tables, unread } = parse(
      { table: 'app.a', id: 'table 1', root: 'app.p', missing: null },
      { table: 'app.b', id: 'table 2', root: null, missing: null },
      { table: 'app.c', id: 'table 3', root: null, missing: null },
      { table: 'app.u', id: 'table 4', root: null, missing: 'not on a standby' },
      { view: 'app.v', id: 'view 5', populated: true },
      { sequence: 'app.s', id: 'sequence 6' },
      { id: 'table 1', rows: '3', checksum: '9' },
      'psql:<stdin>:40: WARNING:  something else',
      'psql:<stdin>:42: FEHLER:  keine Berechtigung für Tabelle b',
      'DETAIL:  more',
      'psql:<stdin>:42: STATEMENT:  /* holdfast table 2 */ SELECT pg_catalog.json_build_object(',
      ' FROM ONLY app.b',
      'psql:<stdin>:47: ERROR:  permission denied for large object 7',
      'psql:<stdin>:47: STATEMENT:  /* holdfast large objects */ SELECT 1',
      database,
    );
    expect(tables).toEqual([{ name: 'app.a', root: 'app.p', rows: '3', checksum: '9' }]);
    expect(unread).toEqual([
      { what: 'large objects', why: 'permission denied for large object 7' },
      { what: 'rows of app.b', why: 'keine Berechtigung für Tabelle b' },
      { what: 'rows of app.c', why: 'the server gave no answer' },
      { what: 'rows of app.u', why: notOnStandby },
      { what: 'sequence app.s', why: 'the server gave no answer' },
      { what: 'rows of app.v', why: 'the server gave no answer' },
    ]);
  });
  test('give the first and the last value of a sequence, and the locale; a copy says its version itself', () => {
    const { sequences, sequencesBefore, locale } = parse(
      { sequence: 'app.s', id: 'sequence 6' },
      { id: 'sequence 6', value: '1 not called' },
      { sequence: 'app.s', id: 'sequence 6' },
      { id: 'sequence 6', value: '5' },
      { ...database, locale: { ...database.locale, provider: 'libc', locale: null } },
      none,
    );
    expect({ sequences, sequencesBefore }).toEqual({
      sequences: { 'app.s': '5' },
      sequencesBefore: { 'app.s': '1 not called' },
    });
    expect(locale).toEqual({ encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' });
    const copy = parseFingerprint([JSON.stringify(database), JSON.stringify(none)], { ...facts, serverVersion: '' });
    expect(copy).toMatchObject({ serverVersion: '16.3', locale: { locale: 'de' }, searchPath: 'public' });
  });
  test('of hosts with scripts of an earlier version are read as they were', () => {
    const old = parse(
      { table: 'app.a', root: null, rows: '3', checksum: '9' },
      { sequence: 'app.s', value: '4' },
      { objects: { tables: 1 } },
      { extension: 'hstore', value: '1.8' },
    );
    expect(old).toEqual({
      ...facts,
      tables: [{ name: 'app.a', rows: '3', checksum: '9' }],
      sequences: { 'app.s': '4' },
      sequencesBefore: undefined,
      extensions: { hstore: '1.8' },
      objects: { tables: 1 },
    });
  });
});
