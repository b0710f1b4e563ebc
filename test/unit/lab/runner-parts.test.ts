// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are expressions of workflow files, which look alike
import { describe, expect, test } from '@jest/globals';
import { paint } from '../../../lab/cli/terminal/paint.ts';
import { progressLines } from '../../../lab/cli/terminal/progress.ts';
import { Masks, parseCommand } from '../../../lab/runner/commands.ts';
import { ConcurrencyGroups } from '../../../lab/runner/concurrency.ts';
import { condition, evaluate, pieces, text } from '../../../lab/runner/expressions.ts';
import { resolveInputs } from '../../../lab/runner/inputs.ts';
import { beyond } from '../../../lab/runner/permissions.ts';
import { parseKeyValueFile } from '../../../lab/runner/step-files.ts';

const contexts = { vars: { A: 'x', N: '' }, inputs: { dry: true, count: 3 }, needs: { a: { outputs: { k: 'v' } } } };

describe('expressions', () => {
  test.each<[string, unknown, string]>([
    ['${{ inputs.dry }}', true, 'true'],
    ['${{ inputs.count }}', 3, '3'],
    ['${{ vars.MISSING }}', null, ''],
    ["a${{ vars.A }}b${{ format('{0}}}', 1) }}c", 'axb1}c', 'axb1}c'],
    ["${{ vars.N == '' && 'none' || vars.N }}", 'none', 'none'],
    ["${{ fromJSON('[1,2]')[1] }}", 2, '2'],
    ['plain', 'plain', 'plain'],
  ])('%s', (template, value, asText) => {
    expect(evaluate(template, contexts)).toEqual(value);
    expect(text(template, contexts)).toBe(asText);
  });

  test('a bracket pair inside quotes does not end an expression; one that never ends is an error', () => {
    expect(pieces("${{ '}}' }}-")).toEqual([{ expression: "'}}'" }, { text: '-' }]);
    expect(() => pieces('x ${{ y')).toThrow('is not closed');
  });

  test('status functions follow the status', () => {
    expect(condition('success()', contexts, 'success')).toBe(true);
    expect(condition('success()', contexts, 'skipped')).toBe(false);
    expect(condition('failure()', contexts, 'skipped')).toBe(false);
    expect(condition('always() && !cancelled()', contexts, 'failure')).toBe(true);
    expect(condition('needs.a.outputs.k', contexts, 'success')).toBe(true);
    expect(condition('vars.N', contexts, 'success')).toBe(false);
  });
});

describe('what a step writes', () => {
  test('commands, with escapes', () => {
    expect(parseCommand('::error file=a%2Cb,line=3::one%0Atwo%25')).toEqual({
      name: 'error',
      properties: { file: 'a,b', line: '3' },
      message: 'one\ntwo%',
    });
    expect(parseCommand('not ::error::x')).toBeUndefined();
  });

  test('key-value files, single lines and delimited blocks', () => {
    expect(parseKeyValueFile('a=1=2\nb<<EOF\nx\n\ny=z\nEOF\nc=\n')).toEqual([
      ['a', '1=2'],
      ['b', 'x\n\ny=z'],
      ['c', ''],
    ]);
    expect(() => parseKeyValueFile('b<<EOF\nx\n')).toThrow("Matching delimiter not found 'EOF'");
    expect(() => parseKeyValueFile('nothing')).toThrow("Invalid format 'nothing'");
  });

  test('masks hide every line of a secret, and the longer of two that overlap', () => {
    const masks = new Masks();
    masks.add('secret');
    masks.add('secret-longer');
    masks.add('first line\nsecond line');
    expect(masks.hide('a secret-longer b secret second line')).toBe('a *** b *** ***');
    expect(masks.matches('nothing of it')).toBe(false);
  });
});

test('inputs get their types, defaults and one error for all mistakes', () => {
  const input = { required: false, default: undefined, options: [] };
  const definitions = {
    flag: { ...input, type: 'boolean' as const, default: true },
    mode: { ...input, type: 'choice' as const, options: ['stop', 'freeze'] },
    count: { ...input, type: 'number' as const, required: true },
  };
  expect(resolveInputs(definitions, { count: '4', flag: 'false' }, {})).toEqual({
    flag: false,
    mode: 'stop',
    count: 4,
  });
  expect(() => resolveInputs(definitions, { flag: 'si', mode: 'x' }, {})).toThrow(
    'input flag is true or false, not "si"; input mode is one of stop, freeze, not "x"; input count is required',
  );
});

test('permissions beyond those held are named', () => {
  expect(beyond({ issues: 'write', contents: 'read' }, { issues: 'read', contents: 'write' })).toEqual([
    'issues: write',
  ]);
});

test('in a concurrency group one runs and the newest waits', async () => {
  const groups = new ConcurrencyGroups();
  const events: string[] = [];
  const enter = async (run: string, group = 'g') => {
    const leave = await groups.enter(group, { cancelInProgress: false, cancel: () => events.push(`${run} is ended`) });
    events.push(`${run} ${leave === undefined ? 'is cancelled' : 'runs'}`);
    return leave;
  };
  /** The events since the last call, once everything that can happen has happened. */
  const since = async (): Promise<string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return events.splice(0);
  };
  const leaveFirst = await enter('first');
  const second = enter('second', 'G');
  expect(await since()).toEqual(['first runs']);
  const third = enter('third');
  expect(await since()).toEqual(['second is cancelled']);
  expect(await second).toBeUndefined();
  leaveFirst?.();
  expect(await since()).toEqual(['third runs']);
  const fourth = enter('fourth');
  expect(await since()).toEqual([]);
  (await third)?.();
  expect(await since()).toEqual(['fourth runs']);
  (await fourth)?.();
  await enter('fifth');
  expect(await since()).toEqual(['fifth runs']);
});

test('with queue: max up to 100 wait, first in, first out, and none is replaced', async () => {
  const groups = new ConcurrencyGroups();
  const order: number[] = [];
  const enter = async (run: number) => {
    const leave = await groups.enter('g', { cancelInProgress: false, queue: 'max', cancel: () => {} });
    if (leave) order.push(run);
    return leave;
  };
  const runs = Array.from({ length: 102 }, (_, run) => enter(run));
  expect(await runs[101]).toBeUndefined();
  for (const run of runs.slice(0, 101)) (await run)?.();
  expect(order).toEqual(Array.from({ length: 101 }, (_, run) => run));
});

test('progress shows jobs, steps and how long they took', () => {
  let now = 0;
  const show = progressLines(paint(false), () => now);
  const line = (kind: Parameters<typeof show>[0]['kind'], words: string) => show({ job: 'a', kind, text: words });
  expect(line('job', 'a')).toBe('\n   0.0 s  job a');
  now = 1200;
  expect(line('step', 'Take the snapshot')).toBe('   1.2 s  ▸ Take the snapshot');
  now = 3500;
  expect(line('error', 'one\ntwo')).toBe('   3.5 s    error one\n            two');
  expect(line('end', 'Take the snapshot: failure')).toBe('   3.5 s  ✗ Take the snapshot: failure (2.3 s)');
  expect(line('debug', 'x')).toBeUndefined();
});
