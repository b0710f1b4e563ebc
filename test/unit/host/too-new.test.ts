/** Host scripts use nothing that the systems of CentOS 7's time do not know. */
import { describe, expect, test } from '@jest/globals';
import { hostScriptText } from '../../../scripts/host-scripts.ts';
import { hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';
import { findTooNew, tooNew } from './too-new.ts';

test.each(hostScriptNames)('%s uses nothing that is too new', (name) => {
  expect(findTooNew(hostScriptText(name))).toEqual([]);
});

describe.each(tooNew)('$name ($since)', ({ name, example, harmless }) => {
  const found = (script: string): string[] => findTooNew(script).filter((one) => one.includes(name));

  test('is found, also in a line that goes on', () => {
    expect(found(`true\n${example}\n`)).toEqual([expect.stringContaining('line 2')]);
    expect(found(`true\n${example.replace(' ', ' \\\n  ')}\n`)).toEqual([expect.stringContaining('line 2')]);
  });

  test('is not found in a comment, nor in what is like it', () => {
    expect(findTooNew(`  # ${example}\n`)).toEqual([]);
    expect(findTooNew(harmless)).toEqual([]);
  });
});

describe('an array that may be empty', () => {
  test.each([
    ['list=()\nrun "${list[@]}"', 1],
    ['local -a list\nrun "${list[@]}"', 1],
    ['mapfile -t list <x\nfor one in "${list[@]}"; do', 1],
    ['list=()\nrun ${list[@]+"${list[@]}"}', 0],
    ['list=(-u x)\nrun "${list[@]}"', 0],
    ['list=(\n  -u x)\nrun "${list[*]}"', 0],
    ['mapfile -t list <x\nfor index in "${!list[@]}"; do echo "${#list[@]}"', 0],
  ])('%j', (script, count) => {
    expect(findTooNew(script)).toHaveLength(count);
  });
});
