import { describe, expect, test } from '@jest/globals';
import { BackupError, explain, explainInLine, renderError } from '../../../src/runtime/errors.ts';

const inner = new BackupError({
  what: 'inner',
  likelyCause: 'the cause',
  fix: 'the fix',
  code: 'locked',
  detail: 'end',
});

describe('an error within an error keeps its code and its fix', () => {
  test.each([
    ['an AggregateError', new AggregateError([new Error('first'), inner], 'both failed')],
    ['an AggregateError of causes', new AggregateError([new Error('x', { cause: inner })], 'both failed')],
    ['a cause', new Error('both failed', { cause: inner })],
  ])('%s', (_what, error) => {
    expect(explain(error)).toEqual({
      what: 'both failed',
      likelyCause: 'the cause',
      fix: 'the fix',
      code: 'locked',
      detail: 'end',
    });
    expect(renderError(error)).toContain('Fix: the fix');
  });

  test('what failed last is what counts, and fills only what is missing', () => {
    const last = new BackupError({ what: 'last', code: 'disk-full' });
    expect(explain(new AggregateError([inner, last], 'all'))).toMatchObject({ code: 'disk-full', fix: 'the fix' });
  });

  test('an error that explains itself is not filled from its cause', () => {
    const outer = new BackupError({ what: 'outer', cause: inner });
    expect(explain(outer)).toMatchObject({ what: 'outer', code: undefined, fix: undefined });
  });
});

test('in one line an error keeps its fix', () => {
  expect(explainInLine(inner)).toBe('inner; the fix');
  expect(explainInLine(new Error('only this'))).toBe('only this');
});

test('the log says what happened once, and shows the rest of the output', () => {
  const message = 'ERROR:  relation "x" already exists';
  const what = `psql ended with status 3: ${message}`;
  expect(renderError(new BackupError({ what, detail: message }))).toBe(what);
  expect(renderError(new BackupError({ what, detail: `${message}\nCONTEXT:  c` }))).toBe(`${what}\n\nCONTEXT:  c`);
  expect(renderError(new BackupError({ what, detail: 'before\nERROR' }))).toBe(`${what}\n\nbefore\nERROR`);
});

test('anything thrown has words', () => {
  expect(explain('text')).toMatchObject({ what: 'text', code: undefined });
  expect(explain(undefined)).toMatchObject({ what: 'undefined' });
});
