/** Expressions of workflow files, as far as a schedule decides them. */
import { expect, test } from '@jest/globals';
import { evaluate, evaluateText, isTrue, notKnown, open } from '../../../../src/watch/promises/expressions.ts';

const contexts = {
  vars: { NAME: 'orders', LIST: '["a","b"]', EMPTY: '' },
  inputs: { source: '' },
  github: { [open]: true, event_name: 'schedule', event: { [open]: true, schedule: '17 3 * * *', inputs: {} } },
};

test.each([
  ["'it''s'", "it's"],
  ['vars.NAME', 'orders'],
  ["vars['name']", 'orders'],
  ["inputs.source || vars.NAME || 'x'", 'orders'],
  ["inputs.missing || vars.EMPTY || 'x'", 'x'],
  ["github.event_name == 'SCHEDULE'", true],
  ["github.event.schedule != '17 3 * * *'", false],
  ["github.event_name == 'push' && 'a' || 'b'", 'b'],
  ['!(inputs.source)', true],
  ['fromJSON(vars.LIST)', ['a', 'b']],
  ['github.event.inputs.dry-run || false', false],
  ['null == 0', true],
  ['1 == true', true],
  ["format('{0}.{1} {{0}}', vars.NAME, 'prod')", 'orders.prod {0}'],
  ["format('{0}', needs.a.outputs.b)", notKnown],
  ["format('{1}', 'a')", notKnown],
  ["contains(vars.NAME, 'RD')", true],
  ["contains(fromJSON(vars.LIST), 'A')", true],
  ["contains(fromJSON(vars.LIST), 'ab')", false],
  ["startsWith(github.event.schedule, '17 3')", true],
  ["endsWith(github.event.schedule, '* * 0')", false],
  ["join(fromJSON(vars.LIST), '-')", 'a-b'],
  ['join(fromJSON(vars.LIST))', 'a,b'],
  // Of a run in which nothing fails and nobody cancels.
  ['always() && success() && !cancelled() && !failure()', true],
  // What only a run knows.
  ['needs.a.outputs.b', notKnown],
  ["needs.a.outputs.b == 'x'", notKnown],
  ["needs.a.outputs.b && github.event_name == 'push'", false],
  ["github.event_name == 'schedule' || needs.a.outputs.b", true],
  ['github.sha', notKnown],
  ['github.event.sender.login', notKnown],
  ["contains(github.sha, 'o')", notKnown],
  ["hashFiles('**/a')", notKnown],
  // What is no expression.
  ['vars.NAME ||', notKnown],
  ["'open", notKnown],
  ['vars.NAME vars.NAME', notKnown],
  ['fromJSON(vars.NAME)', notKnown],
])('%s', (text, value) => {
  expect(evaluate(text, contexts)).toEqual(value);
});

test('a text with expressions in it', () => {
  expect(evaluateText('plain', contexts)).toBe('plain');
  expect(evaluateText('a-${{ vars.NAME }}-${{ inputs.source }}', contexts)).toBe('a-orders-');
  expect(evaluateText('a-${{ github.sha }}', contexts)).toBe(notKnown);
  expect(evaluateText('${{ github.sha }}-${{ inputs.missing }}', contexts)).toBe(notKnown);
  expect(evaluateText(' ${{ fromJSON(vars.LIST) }} ', contexts)).toEqual(['a', 'b']);
});

test('what counts as true', () => {
  expect(['', 0, false, null].map(isTrue)).toEqual([false, false, false, false]);
  expect(['false', 1, true, {}].map(isTrue)).toEqual([true, true, true, true]);
  expect(isTrue(notKnown)).toBeUndefined();
});
