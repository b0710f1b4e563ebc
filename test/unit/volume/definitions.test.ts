import { describe, expect, test } from '@jest/globals';
import type { Changes, DefinitionFact, Definitions } from '../../../src/domain/definitions.ts';
import { readChanges } from '../../../src/volume/definitions/changes.ts';
import { compareDefinitions } from '../../../src/volume/definitions/compare.ts';
import { read } from './support-definitions.ts';

const table = (name: string, more: Partial<DefinitionFact> = {}): DefinitionFact => ({
  kind: 'table',
  name,
  engine: 'InnoDB',
  created: '2026-01-01 00:00:00',
  parts: { 'column `a`': '1', 'key `k`': '2', 'order of columns': '3' },
  ...more,
});

/** A server on which nothing ran. */
const quiet: Changes = { started: 1000, flushed: 1000, from: { create_view: 4 }, to: { create_view: 4 } };

const print = (objects: readonly DefinitionFact[], more: Partial<Definitions> = {}): Definitions =>
  read([], { objects, changes: quiet, ...more });

function judge(
  before: DefinitionFact[],
  after: DefinitionFact[],
  copy: DefinitionFact[],
  more: Partial<Definitions> = {},
) {
  const source = {
    before: print(before),
    after: print(after, { takenAt: '2026-11-20T03:10:00.000Z' }),
    mode: 'freeze' as const,
  };
  return compareDefinitions(source, print(copy, { takenAt: '2026-11-21T00:00:00.000Z', ...more }));
}
const failed = (results: ReturnType<typeof judge>) =>
  results.filter(({ outcome }) => outcome === 'failed').map(({ name, detail }) => `${name}: ${detail}`);

describe('the copy', () => {
  test('as the source passes in one line', () => {
    const both = [table('ads.a'), table('ads.b'), { kind: 'database', name: 'ads', parts: {} }];
    expect(judge(both, both, both)).toEqual([
      { name: 'definitions', outcome: 'passed', detail: '2 tables, 1 database: as on the source' },
    ]);
  });

  test.each([
    ['a key is missing', { 'column `a`': '1', 'order of columns': '3' }, 'key `k` is missing in the copy'],
    [
      'a key was added',
      { 'column `a`': '1', 'key `k`': '2', 'key `l`': '2', 'order of columns': '3' },
      'key `l` is in the copy only',
    ],
    ['a column is another', { 'column `a`': '9', 'key `k`': '2', 'order of columns': '3' }, 'column `a` differs'],
    [
      'the order is another',
      { 'column `a`': '1', 'key `k`': '2', 'order of columns': '9' },
      'order of columns differs',
    ],
    ['a column is missing', { 'key `k`': '2', 'order of columns': '9' }, 'column `a` is missing in the copy'],
  ])('fails when %s', (_what, parts, detail) => {
    expect(failed(judge([table('ads.a')], [table('ads.a')], [table('ads.a', { parts })]))).toEqual([
      `table ads.a: ${detail}`,
    ]);
  });

  test('fails for an object that is missing, and for one that the source never had', () => {
    const empty = { kind: 'database', name: 'hollow', parts: {} };
    expect(failed(judge([empty], [empty], []))).toEqual([
      'database hollow: this database is missing in the restored copy',
    ]);
    expect(failed(judge([], [], [{ ...table('ads.extra'), created: '2001-01-01 00:00:00' }]))).toHaveLength(1);
  });

  test.each(['view', 'database', 'account'])(
    'is unproven for a %s that only the copy has: nothing says when it was made',
    (kind) => {
      const added = { kind, name: 'ads.made', parts: {} };
      expect(judge([], [], [added])).toContainEqual(
        expect.objectContaining({ outcome: 'unproven', detail: expect.stringContaining('made and dropped') }),
      );
    },
  );

  test('is not compared where the source changed meanwhile', () => {
    const other = table('ads.a', { parts: { 'column `a`': '9', 'key `k`': '2', 'order of columns': '3' } });
    const third = table('ads.a', { parts: { 'column `a`': '5', 'key `k`': '2', 'order of columns': '3' } });
    expect(failed(judge([table('ads.a')], [other], [third]))).toEqual([]);
    expect(failed(judge([table('ads.a')], [], []))).toEqual([]);
    expect(failed(judge([], [table('ads.a')], []))).toEqual([]);
    // What did not change is compared all the same.
    const lost = table('ads.a', { parts: { 'column `a`': '1', 'order of columns': '3' } });
    expect(failed(judge([table('ads.a')], [other], [lost]))).toEqual(['table ads.a: key `k` is missing in the copy']);
  });

  test('may lack a table that was dropped and made anew, and may have one that was made and dropped meanwhile', () => {
    const anew = table('ads.a', { created: '2026-11-20 03:05:00' });
    expect(failed(judge([table('ads.a')], [anew], []))).toEqual([]);
    expect(failed(judge([], [], [anew]))).toEqual([]);
    expect(failed(judge([], [], [table('ads.a', { created: '2026-11-20 04:05:00' })]))).toHaveLength(1);
  });

  test('may lack an event whose time is over', () => {
    const event = (ends: string): DefinitionFact => ({ kind: 'event', name: 'ads.e', parts: {}, ends });
    const past = event('2026-11-20 12:00:00');
    expect(failed(judge([past], [past], []))).toEqual([]);
    const future = event('2026-12-20 12:00:00');
    expect(failed(judge([future], [future], []))).toHaveLength(1);
  });

  test('of another series is told of where texts differ, and fails where an object is missing', () => {
    const changed = table('ads.a', { parts: { 'column `a`': '9', 'key `k`': '2', 'order of columns': '3' } });
    const both = [table('ads.a'), table('ads.b')];
    const results = judge(both, both, [changed], { serverVersion: '11.4.2-MariaDB' });
    expect(failed(results)).toEqual(['table ads.b: this table is missing in the restored copy']);
    expect(results.at(-1)).toMatchObject({ outcome: 'not-compared', detail: expect.stringContaining('11.4.2') });
  });

  test('of another account that sees less is unproven, not wrong', () => {
    const denied: DefinitionFact = {
      kind: 'system table',
      name: 'mysql.db',
      parts: {},
      error: { code: 1142, message: 'denied' },
    };
    const [result] = judge([table('ads.a')], [table('ads.a')], [denied], { account: 'monitor@localhost' });
    expect(result).toMatchObject({ name: 'table ads.a', outcome: 'unproven' });
  });

  test('that cannot be read at all is damage, unless the account or a lock stands in the way', () => {
    const broken = (code: number) => table('ads.a', { parts: {}, error: { code, message: 'x' } });
    const outcome = (code: number) => judge([table('ads.a')], [table('ads.a')], [broken(code)])[0]?.outcome;
    expect([1033, 1932, 1142, 1205].map(outcome)).toEqual(['failed', 'failed', 'unproven', 'unproven']);
    // An engine, a key or a file that the host lacks.
    expect([1286, 1877, 23, 2013].map(outcome)).toEqual(['unproven', 'unproven', 'unproven', 'unproven']);
  });

  test('says nothing of a view over a table that is missing: the table is judged', () => {
    const view: DefinitionFact = { kind: 'view', name: 'ads.v', parts: { definition: '1' } };
    const broken = { ...view, parts: {}, error: { code: 1356, message: 'references invalid table(s)' } };
    expect(failed(judge([view], [view], [broken]))).toEqual([]);
  });

  test('may show accounts that the account of the source could not read', () => {
    // No table of accounts is listed for an account without a right to it.
    const blind = read([['rows', { names: ['servers'] }]]).objects;
    expect(blind).toMatchObject([{ kind: 'system table', error: { code: 1142 } }]);
    const seen: DefinitionFact[] = [
      { kind: 'account', name: 'a@%', parts: { privileges: '1' } },
      { kind: 'server', name: 'far', parts: { definition: '1' } },
    ];
    expect(failed(judge([...blind], [...blind], seen))).toEqual([]);
    expect(failed(judge(seen, seen, [...blind]))).toEqual([]);
  });

  test('proves nothing where accounts could not be read, or where the second reading is missing', () => {
    const account: DefinitionFact = { kind: 'account', name: 'a@%', parts: { privileges: '1' } };
    const denied: DefinitionFact = {
      kind: 'system table',
      name: 'mysql.db',
      parts: {},
      error: { code: 1142, message: 'denied' },
    };
    expect(failed(judge([account, denied], [account, denied], [denied]))).toEqual([]);
    const alone = compareDefinitions({ before: print([]), after: undefined, mode: 'stop' }, print([]));
    expect(alone).toMatchObject([{ outcome: 'not-compared' }]);
    expect(compareDefinitions({ before: undefined, after: undefined, mode: 'stop' }, print([]))).toEqual([]);
  });
});

describe('what ran between the readings', () => {
  const view: DefinitionFact = { kind: 'view', name: 'ads.v', parts: { definition: '1' } };
  const role: DefinitionFact = { kind: 'account', name: 'a@%', parts: { privileges: '1', 'role r@': '2' } };
  const lost: DefinitionFact = { ...role, parts: { privileges: '1' } };
  const outcomes = (before: Changes | undefined, after: Changes | undefined) => {
    const of = (changes: Changes | undefined): Definitions => {
      const { changes: _, ...rest } = print([view, role]);
      return changes === undefined ? rest : { ...rest, changes };
    };
    const results = compareDefinitions({ before: of(before), after: of(after), mode: 'stop' }, print([lost]));
    return results.map(({ name, outcome }) => `${name} ${outcome}`);
  };
  const [viewFailed, roleFailed] = ['view ads.v failed', 'account a@% failed'];
  const [viewDoubted, roleDoubted] = ['view ads.v unproven', 'account a@% unproven'];

  test('leaves unproven what it may have changed and changed back, and nothing else', () => {
    expect(outcomes(quiet, quiet)).toEqual([viewFailed, roleFailed]);
    expect(outcomes(quiet, { ...quiet, to: { create_view: 5 } })).toEqual([viewDoubted, roleFailed]);
    expect(outcomes(quiet, { ...quiet, to: { create_view: 4, revoke: 1, grant: 1 } })).toEqual([
      viewFailed,
      roleDoubted,
    ]);
    expect(outcomes(quiet, { ...quiet, to: { create_view: 4, create_table: 9 } })).toEqual([viewFailed, roleFailed]);
  });

  test('is counted from the start of a server that was started since', () => {
    const started = { started: 2000, flushed: 2000, from: {} };
    expect(outcomes(quiet, { ...started, to: {} })).toEqual([viewFailed, roleFailed]);
    // As many as before the stop: all of them ran since.
    expect(outcomes(quiet, { ...started, to: { create_view: 4 } })).toEqual([viewDoubted, roleFailed]);
  });

  test('is not known where the server did not say, or was told to forget', () => {
    expect(outcomes(undefined, quiet)).toEqual([viewDoubted, roleDoubted]);
    expect(outcomes(quiet, undefined)).toEqual([viewDoubted, roleDoubted]);
    expect(outcomes(quiet, { ...quiet, flushed: 1500 })).toEqual([viewDoubted, roleDoubted]);
  });

  test('does not matter for what says itself when it was altered', () => {
    const event: DefinitionFact = { kind: 'event', name: 'ads.e', created: '2026-01-01 00:00:00', parts: { a: '1' } };
    const busy = { changes: { ...quiet, to: { ...quiet.to, alter_event: 3 } } };
    const judged = (after: DefinitionFact) =>
      compareDefinitions(
        { before: print([event]), after: print([after], busy), mode: 'freeze' },
        print([{ ...event, parts: { a: '2' } }]),
      )[0]?.outcome;
    expect(judged(event)).toBe('failed');
    expect(judged({ ...event, created: '2026-11-20 03:05:00' })).toBe('unproven');
  });

  test('is read from what the server shows', () => {
    const status = (uptime: number, views: number) =>
      `now\t5000\nCom_create_view\t${views}\nCom_grant\t0\nUptime\t${uptime}\nUptime_since_flush_status\t${uptime - 9}`;
    expect(readChanges({ from: status(40, 2), to: status(41, 3) })).toEqual({
      ...{ started: 4960, flushed: 4969 },
      ...{ from: { create_view: 2 }, to: { create_view: 3 } },
    });
    expect(readChanges({ from: '', to: '' })).toBeUndefined();
    expect(readChanges(undefined)).toBeUndefined();
  });
});

describe('a server of another version', () => {
  const shown = (serverVersion: string, text: string) =>
    read(
      [
        ['table', { names: ['ads', 't', '2026-01-01 00:00:00'], rows: [['t', text]] }],
        ['rows', { names: ['user'] }],
      ],
      {
        serverVersion,
        changes: quiet,
      },
    );
  const versions = (source: readonly [string, string], copy: readonly [string, string]) => {
    const before = shown(...source);
    return compareDefinitions({ before, after: before, mode: 'freeze' }, shown(...copy)).map(
      ({ name, outcome, detail }) => `${name} ${outcome}: ${detail}`,
    );
  };
  const asOnSource = ['definitions passed: 1 table: as on the source'];
  const withColumns = (columns: string, options: string) =>
    `CREATE TABLE \`t\` (\n  ${columns}\n) ENGINE=InnoDB ${options}`;

  test.each([
    [
      '10.3.36-MariaDB',
      "`n` char(9) CHARACTER SET latin1 DEFAULT 'CHARSET=utf8'",
      'DEFAULT CHARSET=utf8',
      '10.3.37-MariaDB-0+deb10u1-log',
      "`n` char(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'CHARSET=utf8'",
      'DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci',
    ],
    [
      ...['8.0.18', '`n` int(11) NOT NULL,\n  `y` year(4)', 'DEFAULT CHARSET=utf8'],
      ...['8.0.36', '`n` int NOT NULL,\n  `y` year', 'DEFAULT CHARSET=utf8mb3'],
    ],
  ] as const)('may word a definition otherwise: %s', (version, columns, options, other, otherColumns, otherOptions) => {
    const [source, copy] = [withColumns(columns, options), withColumns(otherColumns, otherOptions)];
    expect(versions([version, source], [other, copy])).toEqual(asOnSource);
    expect(versions([other, copy], [version, source])).toEqual(asOnSource);
    // The same server writes the same words, whatever follows its number.
    expect(versions([version, source], [`${version}-log`, copy])).not.toEqual(asOnSource);
    expect(versions([version, source], [`${version}-log`, source])).toEqual(asOnSource);
  });

  test('of another point release, is unproven where texts differ, and fails where a part is missing', () => {
    const of = (columns: string, options = '') => withColumns(columns, options);
    const judged = (copy: string) => versions(['8.0.18', of('`n` int(11),\n  KEY `k` (`n`)')], ['8.0.36', copy])[0];
    expect(judged(of('`n` bigint,\n  KEY `k` (`n`)'))).toMatch(
      /^table ads\.t unproven: column `n` differs; .*8\.0\.36/,
    );
    expect(judged(of('`n` int'))).toMatch(/^table ads\.t failed: key `k` is missing in the copy/);
    expect(judged(of('`n` int,\n  KEY `k` (`n`)', 'COLLATE=utf8mb4_bin'))).toMatch(/unproven: option COLLATE/);
    expect(judged(of('`n` int(5) unsigned zerofill,\n  KEY `k` (`n`)'))).toMatch(/unproven: column `n` differs/);
  });

  test('of a collation that is not the own one of its character set nothing is left out', () => {
    const of = (collation: string) => withColumns('`n` int', `DEFAULT CHARSET=latin1 COLLATE=${collation}`);
    expect(
      versions(['10.3.36-MariaDB', of('latin1_general_ci')], ['10.3.37-MariaDB', of('latin1_swedish_ci')]),
    ).not.toEqual(asOnSource);
  });

  test('another product is another series, with the same number too', () => {
    const text = (n: string) => withColumns(n, '');
    expect(versions(['10.11.2', text('`n` int')], ['10.11.2-MariaDB', text('`n` text')])[0]).toMatch(/not-compared/);
  });
});
