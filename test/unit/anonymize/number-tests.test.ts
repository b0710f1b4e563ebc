/** Comparisons of a column with numbers say what the evaluation of their tree says. */
import { describe, expect, test } from '@jest/globals';
import { truthOf } from '../../../src/anonymize/schema/expressions/compare.ts';
import { evaluate } from '../../../src/anonymize/schema/expressions/evaluate.ts';
import { numberTest } from '../../../src/anonymize/schema/expressions/number-tests.ts';
import { parseExpression } from '../../../src/anonymize/schema/expressions/parse.ts';

const numbers = [-1e9, -2.5, -1, -0.01, 0, 0.01, 1, 2, 2.5, 3, 100, 1e9];

describe('the test of a number', () => {
  test.each([
    'total >= (0)::numeric',
    'total > 0',
    '0 < total',
    '(2.5)::numeric >= total',
    'total <> (1)::numeric',
    'total = 3',
    "total < ('100'::text)::numeric",
    '((total >= (0)::numeric) AND (total <= (100)::numeric))',
    '((total >= 0) AND ((3)::numeric > total) AND (total <> 2))',
  ])('%s', (sql) => {
    const expression = parseExpression(sql, 'postgresql');
    const test = numberTest(expression, 'postgresql');
    expect(numbers.map((value) => test?.(value))).toEqual(
      numbers.map((value) => truthOf(evaluate(expression, { valueOf: () => value }))),
    );
  });

  test.each([
    'total > other',
    'total IS NOT NULL',
    "total > ('x'::text)",
    '(total % 2) = 0',
    '((total > 0) OR (total < 5))',
  ])('does not exist for %s', (sql) => {
    expect(numberTest(parseExpression(sql, 'postgresql'), 'postgresql')).toBeUndefined();
  });
});
