/** That an answer which shows a mistake of a page is told: see documented-commands.long.test.ts. */
import { expect, test } from '@jest/globals';
import { answerProblems, kindOfFile } from './support-answers.ts';

const call = (words: string, answer: string) => ({
  program: 'aws',
  words: words.split(' '),
  line: 1,
  status: 0,
  answer,
});

test.each([
  ['', false],
  ['null\n', false],
  ['[]', false],
  ['{ "Volumes": [] }', false],
  ['snap-1\t2026-11-26\tcompleted\tNone\n', false],
  ['snap-1\t2026-11-26\tcompleted\tgood\n', true],
  ['{ "Volumes": [{}] }', true],
  ['{ "Volumes": [], "Tags": [1] }', true],
  ['{}', true],
])('an answer %j is one: %s', (answer, good) => {
  expect(answerProblems(call('ec2 describe-volumes', answer)).length === 0).toBe(good);
});

test('what changes something may answer nothing', () => {
  expect(answerProblems(call('ec2 create-tags --resources i-1', ''))).toEqual([]);
});

test.each([
  ['infinite.dump', 'archive'],
  ['/dev/fd/3', 'archive'],
  ['shop.sql.gz', 'archive'],
  ['dump.archive.gz', 'archive'],
  ['infinite.zst', 'plain'],
  ['shop.anon.sql.gz', 'anonymised'],
] as const)('%s is the %s', (file, kind) => {
  expect(kindOfFile(file)).toBe(kind);
  const others = (['archive', 'plain', 'anonymised'] as const).filter((one) => one !== kind);
  const key = (one: string) => answerProblems(call(`s3api get-object ${file} --bucket b --key db/${one}`, '{}'));
  expect(key(kind)).toEqual([]);
  for (const other of others) expect(key(other)).toHaveLength(1);
});
