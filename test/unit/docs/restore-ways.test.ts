/**
 * The commands of each way through a restore page, counted from the page. test/contract/restore-pages.long.test.ts follows the ways on a bare
 * host, where a failure of the first query shows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../../scripts/lib/actions.ts';
import {
  afterTheQuery,
  commandsIn,
  type PageBlock,
  restoreBlocks,
  restorePages,
  waysThrough,
} from '../../contract/support-restore-pages.ts';

const most = 5;
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

const known = new Map<string, number>();

function commandsOf({ text }: PageBlock): number {
  const number = known.get(text) ?? commandsIn(text).length;
  known.set(text, number);
  return number;
}

/** How many commands the ways have, each number once. */
function counts(blocks: readonly PageBlock[]): number[] {
  const ways = waysThrough(blocks).map((way) => way.reduce((sum, block) => sum + commandsOf(block), 0));
  return [...new Set(ways)].sort();
}

test('there is a page for each kind of backup', () => {
  expect(restorePages).toEqual(['mongodb', 'mysql', 'postgres', 'volume'].map((kind) => `docs/restore-${kind}.md`));
});

describe.each(restorePages)('%s', (page) => {
  const blocks = restoreBlocks([page]);

  test('every way has at most five commands, and as many as the page says', () => {
    const [, said = ''] = readFileSync(join(root, page), 'utf8').split('\n\n');
    const numbers = said.toLowerCase().match(new RegExp(`\\b(${words.join('|')})\\b`, 'g')) ?? [];
    expect(counts(blocks)).toEqual(numbers.map((word) => words.indexOf(word)).filter((number) => number > 0));
    expect(Math.max(...counts(blocks))).toBeLessThanOrEqual(most);
  });

  test('every block belongs to a way, or comes after the first query', () => {
    const onWays = new Set(waysThrough(blocks).flat());
    const others = blocks.filter((block) => !onWays.has(block));
    expect(others.filter(({ section }) => !afterTheQuery.includes(section))).toEqual([]);
  });

  test('a command more in any block of a way is counted', () => {
    for (const block of new Set(waysThrough(blocks).flat())) {
      const longer = blocks.map((one) => (one === block ? { ...one, text: `${one.text}true\n` } : one));
      expect(counts(longer)).not.toEqual(counts(blocks));
    }
  });
});

test.each([
  ['apt-get update && apt-get install --yes jq', 1],
  ['apt-get update && apt-get install --yes jq && jq .', 2],
  ['apt-get update && apt-get upgrade', 2],
  ['a && b; c || d', 4],
  ['a \'b; c\' | d "$(e; f)"', 1],
  ['a \\\n  b', 1],
  ['until a; do sleep 3; done', 1],
  ['until a "$(\n  b)"\ndo sleep 3; done', 1],
  ['until a && b; do sleep 3; done', 4],
  ['until a; do b; sleep 3; done', 4],
  ['while a; do b; done', 3],
])('%j is %i commands', (text, number) => {
  expect(commandsIn(`${text}\n`)).toHaveLength(number);
});

test('commands in a section without a number are refused: nothing tells when they are entered', () => {
  const [block] = restoreBlocks(['docs/restore-mysql.md']) as [PageBlock];
  expect(() => waysThrough([{ ...block, section: 'On the damaged host' }])).toThrow('On the damaged host');
});
