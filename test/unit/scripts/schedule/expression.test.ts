import { isValidCron } from '@actions/workflow-parser/model/converter/cron';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inWords } from '../../../../scripts/schedule/warnings.ts';
import { problemsOfExpression, tidy } from '../../../../src/runtime/schedule/expression.ts';
import { lastRuns, nextRuns } from '../../../../src/runtime/schedule/runs.ts';

const value = (min: number, max: number, words: readonly string[] = []) =>
  fc.oneof(fc.integer({ min, max }).map(String), ...(words.length === 0 ? [] : [fc.constantFrom(...words)]));
const field = (min: number, max: number, words?: readonly string[]) => {
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map((pair) => pair.toSorted((a, b) => a - b).join('-'));
  const base = fc.oneof(fc.constant('*'), value(min, max, words), range);
  const step = fc.integer({ min: 1, max });
  const item = fc.oneof(
    base,
    fc.tuple(base, step).map(([text, by]) => `${text}/${by}`),
  );
  return fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(','));
};
const expressions = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12, ['JAN', 'dec']), field(0, 6, ['SUN', 'fri']))
  .map((fields) => fields.join(' '));

describe('an expression', () => {
  test('is right where it is by the parser that GitHub publishes, and only there', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        expect(isValidCron(text)).toBe(true);
        expect(problemsOfExpression(text)).toEqual([]);
      }),
    );
    // One character changed: often wrong, sometimes not.
    const characters = fc.constantFrom(...'0123456789*,-/ ?LW#@aN');
    let refused = 0;
    fc.assert(
      fc.property(expressions, fc.nat(), characters, (text, at, character) => {
        const place = at % text.length;
        const changed = text.slice(0, place) + character + text.slice(place + 1);
        const problems = problemsOfExpression(changed);
        refused += problems.length > 0 ? 1 : 0;
        if (problems.length === 0) expect(isValidCron(changed)).toBe(true);
        else if (!/ {2}|^ | $/.test(changed)) expect(isValidCron(changed)).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test.each([
    ['@daily', 'GitHub does not know "@daily"'],
    [
      '0 0 0 * * *',
      'has 6 fields; allowed: five: minute, hour, day of the month, month, day of the week (GitHub knows no',
    ],
    ['* *', 'has 2 fields'],
    ['0 0 L * *', 'day of the month "L": "L" is of other cron programs'],
    ['0 0 15W * *', '"15W" is of other cron programs'],
    ['0 0 * * MON#1', '"MON#1" is not a value of it'],
    ['0 0 * * 5#1', '"5#1" is of other cron programs'],
    ['0 0 ? * *', '"?" is of other cron programs'],
    ['0 0 * * 7', 'GitHub knows no day 7: Sunday is 0'],
    ['60 0 * * *', 'minute "60": "60" is not a value of it; allowed: *, 0 to 59'],
    ['0 22-2 * * *', 'the range "22-2" ends before it begins'],
    ['*/0 * * * *', 'the step "0" is not a number from 1 to 59'],
    ['0,, * * * *', 'a list has an empty item'],
  ])('%s is refused', (text, words) => {
    expect(problemsOfExpression(text).join('\n')).toContain(words);
  });

  test('that is right has runs that can be computed, and words', () => {
    const now = new Date('2026-11-26T10:00:00Z');
    fc.assert(
      fc.property(expressions, (expression) => {
        const schedule = { expression, timeZone: 'Europe/Zurich' };
        for (const at of nextRuns(schedule, 1, now)) expect(at.getTime()).toBeGreaterThan(now.getTime());
        for (const at of lastRuns(schedule, 1, now)) expect(at.getTime()).toBeLessThan(now.getTime());
        expect(inWords(expression)).not.toBe('');
      }),
    );
  });

  test('may have spaces around it, and more than one between two fields', () => {
    expect(tidy(' */5  * * * * ')).toBe('*/5 * * * *');
  });

  test('shows all its mistakes at once', () => {
    expect(problemsOfExpression('60 24 32 13 8')).toHaveLength(5);
  });
});
