/** What the table of SECURITY.md must never say, whatever else changes in it. */
import { beforeAll, expect, test } from '@jest/globals';
import { type Stolen, tryStolenSessions } from '../../../lab/privileges/stolen/table.ts';

let stolen: Stolen;
beforeAll(async () => {
  stolen = await tryStolenSessions();
});

const damaged = (words: RegExp) =>
  stolen.damages.filter(({ what, damage }) => words.test(what) && damage !== undefined).map(({ role }) => role);
const deleted = (words: RegExp) =>
  stolen.damages.filter(({ what, damage }) => words.test(what) && damage === '**deleted**').map(({ role }) => role);

test('no role deletes a snapshot with a lock, one that a person keeps for ever, or one of somebody else', () => {
  expect(deleted(/with a lock|a person keeps|somebody else/)).toEqual([]);
});

test('under Object Lock both versions of a dump and of a receipt stay, whatever is tried', () => {
  const changes = stolen.damages.filter(({ what, damage }) => /Object Lock/.test(what) && damage !== undefined);
  expect(changes.map(({ damage }) => damage).filter((one) => !one?.endsWith('; both versions stay'))).toEqual([]);
  expect(changes).toHaveLength(4);
});

test('no role ends or shortens a lock', () => {
  const changes = stolen.damages.filter(({ what, damage }) => /with a lock/.test(what) && damage !== undefined);
  expect(new Set(changes.map(({ damage }) => damage))).toEqual(new Set(['verdict changed']));
});

test('no role runs a script of its own, stops a source, or touches its volumes and untagged instances', () => {
  expect(damaged(/any script|a source, running|data volume|untagged instance/)).toEqual([]);
});

test('the attempts are real: what the roles are there for succeeds', () => {
  expect(deleted(/a snapshot of `ebs-rotate`/)).toEqual(['holdfast-rotate']);
  expect(deleted(/a volume of `verify-volume`/)).toEqual(['holdfast-verify']);
  expect(damaged(/`Quiesce`/)).toEqual(['holdfast-backup']);
  expect(stolen.calls).toBeGreaterThan(300);
});

test('the role for pull requests destroys nothing', () => {
  expect(stolen.damages.filter(({ role, damage }) => role === 'holdfast-plan' && damage !== undefined)).toEqual([]);
});
