import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Receipt } from '../../../src/domain/receipt.ts';
import type { HostAnswer } from '../../../src/host/catalogue/catalogue.ts';
import { judgePages } from '../../../src/volume/copy/page-checks.ts';
import { judgeTables, readOnSource } from '../../../src/volume/copy/table-checks.ts';
import { tableWord } from '../../../src/volume/copy/table-words.ts';

const nonce = 'holdfast-1-1';
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

const begins = (kind: string, ...names: string[]): string => [nonce, kind, ...names.map(hex)].join('\t');
const says = (type: string, text: string): string => `ads.t\tcheck\t${type}\t${text}`;

function judge(
  lines: readonly string[],
  more: Partial<HostAnswer<'check-tables'>> = {},
  source = { unreadable: new Map<string, string>(), views: new Set(['ads.v']) },
) {
  const answer = { seconds: 1, died: null, outOfTime: false, dataDir: '/d/', pageSize: '16384', nonce, ...more };
  return judgeTables({ ...answer, output: gzipSync(`${lines.join('\n')}\n`).toString('base64') }, source, '60');
}

test('what is left when views and thorough checks had their time is named, and the one under way is not called sound', () => {
  const lines = [
    begins('check', 'ads', 't'),
    says('status', 'OK'),
    begins('extended', 'ads', 't'),
    says('status', 'OK'),
  ];
  const left = [begins('left-view', 'ads', 'v'), begins('left-view', 'ads', 'w')];
  const results = judge([...lines, begins('view', 'ads', 'v'), ...left]);
  expect(results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    ...['tables checked passed', 'tables checked row by row passed', 'views not read not-compared'],
  ]);
  expect(results.at(-1)?.output).toMatch(/^view ads\.v: the time .*\nview ads\.w: the time /);
});

describe('words of CHECK TABLE', () => {
  test.each([
    ['status', 'OK'],
    ['status', 'Table is already up to date'],
    ['warning', "1 client is using or hasn't closed the table properly"],
    ['warning', "3 clients are using or haven't closed the table properly"],
    ['info', 'Found row where the auto_increment column has the value 0'],
  ])('sound: %s %s', (type, text) => expect(tableWord(type, text)).toBe('sound'));

  test.each([
    ['warning', "InnoDB: Index 'by_day' contains 99 entries, should be 100."],
    ['error', 'Corrupt'],
    ['warning', 'InnoDB: The B-tree of index by_day is corrupted.'],
    ['warning', 'Table is marked as crashed'],
    ['error', "Table './ads/t' is marked as crashed and last (automatic?) repair failed"],
    ['error', "Incorrect key file for table './ads/t.MYI'; try to repair it"],
    ['Error', "Incorrect information in file: './ads/t.frm'"],
    ['Error', "Table 'ads.t' doesn't exist in engine"],
    ['error', 'Size of indexfile is: 100000        Should be: 1248256'],
    ['error', "Key 2 doesn't point at same records that key 1"],
    ['error', "Record at:     159140  Can't find key for index:  3"],
    ['error', 'Found 19999 keys of 20000'],
    ['error', 'Found key at page 2048 that points to record outside datafile'],
    ['error', 'Unexpected byte: 0 at link: 1000'],
    ['error', "Can't read indexpage from page: 14, error: 176"],
    ['error', 'Found a misplaced row'],
    ['error', 'Record-count is not ok; is 99   Should be: 100'],
    ['error', 'Wrong bytesec: 0-0-0 at linkstart: 1000'],
  ])('damage: %s %s', (type, text) => expect(tableWord(type, text)).toBe('damaged'));

  test.each([
    ['error', 'Table upgrade required. Please do "REPAIR TABLE `t`" or dump/reload to fix it!', 'other-version'],
    ['error', 'Table rebuild required. Please do "ALTER TABLE `t` FORCE" or dump/reload to fix it!', 'other-version'],
    ['note', "The storage engine for the table doesn't support check", 'without-check'],
    ['error', "SELECT command denied to user 'x'@'localhost' for table 't'", 'of-the-host'],
    ['Error', "Unknown storage engine 'SPIDER'", 'of-the-host'],
    ['status', 'Operation failed', 'unclear'],
    ['error', 'Not enough memory for keyblock', 'of-the-host'],
    ['error', "Can't open file: 'ads/t.MYI' (errno: 24 \"Too many open files\")", 'of-the-host'],
    ['Error', 'Query execution was interrupted', 'unclear'],
  ])('neither: %s %s', (type, text, word) => expect(tableWord(type === 'Error' ? 'error' : type, text)).toBe(word));
});

describe('the tables of the copy', () => {
  test('pass in one line', () => {
    expect(
      judge([begins('check', 'ads', 't'), says('status', 'OK'), begins('check', 'ads', 'u'), says('status', 'OK')]),
    ).toEqual([{ name: 'tables checked', outcome: 'passed', detail: 'CHECK TABLE found 2 tables sound' }]);
  });

  test('fail where the server found damage, with all that it said', () => {
    const [result] = judge([
      begins('check', 'ads', 't'),
      says('warning', 'InnoDB: The B-tree of index k is corrupted.'),
      says('error', 'Corrupt'),
    ]);
    expect(result).toEqual({
      name: 'table ads.t',
      outcome: 'failed',
      detail: 'CHECK TABLE found it damaged: InnoDB: The B-tree of index k is corrupted.',
      output: 'warning: InnoDB: The B-tree of index k is corrupted.\nerror: Corrupt',
    });
  });

  test('are unproven where a right, a limit or an engine stands in the way', () => {
    const denied = judge([begins('check', 'ads', 't'), says('error', 'SELECT command denied to user')]);
    expect(denied[0]).toMatchObject({ outcome: 'unproven', detail: expect.stringContaining('denied') });
    const late = judge([
      begins('check', 'ads', 't'),
      says('error', 'Query execution was interrupted'),
      says('status', 'Operation failed'),
    ]);
    expect(late[0]).toMatchObject({ outcome: 'unproven', detail: expect.stringContaining('60 s') });
    expect(judge([begins('check', 'ads', 't')])[0]).toMatchObject({ outcome: 'unproven' });
  });

  // Each of these is followed by what a check always ends with that found something.
  test.each([
    'Got error 24 "Too many open files" from storage engine MyISAM',
    "Unknown storage engine 'ARCHIVE'",
    "Can't find file: './ads/t.MYI' (errno: 13 \"Permission denied\")",
    "Got error 192 'Table encrypted but decryption failed. This could be because correct encryption management plugin is not loaded' from InnoDB",
    'Out of resources when opening file \'./ads/t#P#p1.MYD\' (Errcode: 24 "Too many open files")',
  ])('are unproven where the host lacks something, whatever follows: %s', (text) => {
    const results = judge([begins('check', 'ads', 't'), says('Error', text), says('error', 'Corrupt')]);
    expect(results).toMatchObject([{ outcome: 'unproven', detail: expect.stringContaining(text) }]);
  });

  test('are not excused by their names', () => {
    const words = "Table './ads/decrypted' is marked as crashed and should be repaired";
    const results = judge([begins('check', 'ads', 'decrypted'), says('error', words), says('error', 'Corrupt')]);
    expect(results).toMatchObject([{ outcome: 'failed' }]);
  });

  // What MariaDB 10.11 said and logged (tried).
  describe('of which the server says the same, damaged or without a key', () => {
    const corrupted = 'Table `ads`.`t` is corrupted. Please drop the table and recreate.';
    const missing = 'Got error 194 "Tablespace is missing for a table" from storage engine InnoDB';
    test.each([
      [corrupted, '[ERROR] InnoDB: The first page of file ./ads/t.ibd is corrupted', 'failed'],
      [
        corrupted,
        "[ERROR] InnoDB: Failed to read page 3 from file './ads/t.ibd': Page read from tablespace is corrupted.",
        'failed',
      ],
      [
        corrupted,
        "[ERROR] InnoDB: Encrypted page [page id: space=5, page number=3] in file ./ads/t.ibd looks corrupted; key_version=1\n[ERROR] InnoDB: File './ads/t.ibd' is corrupted",
        'unproven',
      ],
      [missing, '[ERROR] InnoDB: Operating system error number 2 in a file operation.', 'failed'],
      [missing, '[ERROR] InnoDB: Operating system error number 13 in a file operation.', 'unproven'],
      [corrupted, '', 'unproven'],
      ['Failed to read from the .par file', '[ERROR] mariadbd: Failed to read from the .par file', 'failed'],
      ['Failed to read from the .par file', '[ERROR] mariadbd: Got error 24 "Too many open files"', 'unproven'],
    ])('%s %s', (text, log, outcome) => {
      const lines = [begins('check', 'ads', 't'), says('Error', text), says('error', 'Corrupt')];
      expect(judge(lines, { log })).toMatchObject([{ outcome }]);
      // A word of its own needs no log.
      const more = [...lines, says('Warning', 'InnoDB: The B-tree of index PRIMARY is corrupted.')];
      expect(judge(more, { log })).toMatchObject([{ outcome: 'failed' }]);
    });
  });

  test('that are checked row by row as far as their time goes', () => {
    const late = [begins('extended', 'ads', 't'), says('error', 'Query execution was interrupted')];
    expect(judge(late)).toMatchObject([{ name: 'tables not checked row by row', outcome: 'not-compared' }]);
    const damaged = [begins('extended', 'ads', 't'), says('error', "Can't find key for index:  3")];
    expect(judge(damaged)[0]).toMatchObject({ name: 'table ads.t', outcome: 'failed' });
    // Said once, though both checks found it.
    expect(judge([begins('check', 'ads', 't'), says('error', 'Corrupt'), ...damaged])).toHaveLength(1);
  });

  test('that the source could not read either are not held against the copy', () => {
    const source = { unreadable: new Map([['ads.t', 'it is crashed']]), views: new Set<string>() };
    const results = judge([begins('check', 'ads', 't'), says('error', 'Corrupt')], {}, source);
    expect(results.map(({ outcome }) => outcome)).toEqual(['not-compared']);
  });
});

describe('an index', () => {
  const scan = [begins('scan', 'ads', 't'), `100\t${hex('k')}\t777\t${hex('l')}\t888`];
  const index = (name: string, row: string) => judge([...scan, begins('index', 'ads', 't', name), row])[0];

  test('that holds what its table holds passes', () => {
    expect(index('l', '100\t888')).toMatchObject({ name: 'indexes compared', outcome: 'passed' });
  });

  test.each([
    ['k', '99\t770', 'it leads to 99 rows, and the table holds 100'],
    ['k', '100\t778', "it holds other values than the table's rows"],
  ])('that holds something else fails', (name, row, detail) => {
    expect(index(name, row)).toMatchObject({ name: 'index k of ads.t', outcome: 'failed', detail });
  });

  test('that the server calls corrupted fails; one that it does not use is not compared', () => {
    expect(index('k', 'Error\t1712\tIndex k is corrupted')).toMatchObject({ outcome: 'failed' });
    expect(index('k', "Error\t1176\tKey 'k' doesn't exist in table 't'")).toMatchObject({ outcome: 'not-compared' });
  });
});

describe('a view', () => {
  const view = (error: string, name = 'v') => judge([begins('view', 'ads', name), error])[0];

  test('that was read to its end passes', () => {
    expect(judge([begins('view', 'ads', 'v')])).toMatchObject([{ name: 'views read', outcome: 'passed' }]);
  });

  test('that meets a damaged page fails only if the source could open it', () => {
    const damaged = "Error\t1034\tIncorrect key file for table 't'";
    expect(view(damaged)).toMatchObject({ name: 'view ads.v', outcome: 'failed' });
    expect(view(damaged, 'other')).toMatchObject({ outcome: 'not-compared' });
  });

  test.each([1356, 1449, 1142, 1317, 1242, 1105])('that ends with error %i proves no damage', (code) => {
    expect(view(`Error\t${code}\twords`)).toMatchObject({ outcome: 'not-compared' });
  });

  test('counts as opened on the source if it was, before and after', () => {
    const print = (opens: true | string) => ({
      entries: [],
      definitions: { objects: [{ kind: 'view', name: 'ads.v', parts: {}, opens }] },
    });
    const views = (before: true | string, after: true | string) =>
      readOnSource({ fingerprint: { before: print(before), after: print(after) } } as unknown as Receipt).views.size;
    expect([views(true, true), views(true, 'no'), views('no', true)]).toEqual([1, 0, 0]);
  });
});

describe('a server that dies of the checks', () => {
  const lines = [begins('check', 'ads', 'sound'), says('status', 'OK'), begins('check', 'ads', 't')];
  const died = (log: string) => judge(lines, { died: { answers: false, words: 'ERROR 2013', log } });

  test('fails the copy where its log names damage', () => {
    const log = '[ERROR] InnoDB: Clustered index record not found for index `k`\n[ERROR] mariadbd got signal 11 ;';
    expect(died(log)[0]).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('table ads.t') });
  });

  test('does not where the server says only what it says of every crash', () => {
    const log =
      'mariadbd got signal 11 ;\nor one of the libraries it was linked against is corrupt, improperly built,\nor misconfigured.';
    expect(died(log)[0]).toMatchObject({ outcome: 'unproven' });
  });

  test('leaves it unproven where the host ran out of memory, whatever else is said', () => {
    const log = "mariadb.service: Failed with result 'oom-kill'.\n[ERROR] InnoDB: Table is corrupted";
    expect(died(log)[0]).toMatchObject({ outcome: 'unproven', detail: expect.stringContaining('memory') });
  });

  test('leaves it unproven where the log names none; what passed before is told', () => {
    expect(died('[ERROR] mariadbd got signal 11 ;').map(({ outcome }) => outcome)).toEqual(['unproven', 'passed']);
  });

  test('before the checks is judged by its log alike', () => {
    const ended = (log: string) => judge([], { died: { answers: false, words: '', log }, log })[0];
    const log = '[ERROR] InnoDB: Database page corruption on disk or a failed read of file ./ads/t.ibd';
    expect(ended(log)).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('its copy was read') });
    expect(ended('[ERROR] mariadbd got signal 11 ;')).toMatchObject({ outcome: 'unproven' });
  });

  test('a time limit of the whole step leaves it unproven', () => {
    expect(judge(lines, { outOfTime: true })[0]).toMatchObject({
      outcome: 'unproven',
      detail: expect.stringContaining('ads.t'),
    });
  });
});

describe('page checksums', () => {
  const answer = {
    tool: '10.11.19',
    checked: true,
    files: 2,
    bytes: 1048576,
    seconds: 1,
    failed: [],
    unclear: [],
    notReached: 0,
  };
  const pages = (more: Partial<HostAnswer<'check-pages'>>) => judgePages({ ...answer, ...more }, '10.11.19-MariaDB');
  const file = { path: '/d/ads/t.ibd', pages: [3, 5], words: '' };

  test.each<[string, Partial<HostAnswer<'check-pages'>>, string]>([
    ['every page is right', {}, 'passed'],
    ['a page is wrong', { failed: [file], notReached: 1 }, 'failed'],
    ['the tool is missing', { tool: null, checked: false }, 'not-compared'],
    ['the tool is of another series', { tool: '8.0.36', checked: false }, 'not-compared'],
    ['the tool does not read a file', { unclear: [file] }, 'not-compared'],
    ['the time was over', { notReached: 1, unclear: [file] }, 'unproven'],
    ['there is no such file', { files: 0 }, 'not-compared'],
  ])('when %s', (_what, more, outcome) => {
    expect(pages(more)).toMatchObject({ name: 'page checksums', outcome });
  });
});
