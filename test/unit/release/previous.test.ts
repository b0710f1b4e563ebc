import { expect, test } from '@jest/globals';
import { previousRelease } from '../../../scripts/release/previous.ts';
import type { PublishedOrDraft } from '../../../scripts/release/releases.ts';

const release = (tag: string, draft = false): PublishedOrDraft => ({
  ...{ id: 1, tag, target: '', draft, immutable: true, assets: [], url: '', body: '', uploads: '' },
});
const tags = new Map([
  ['v2026.1126.1', 'a'],
  ['v2026.1126.2', 'b'],
  ['v2026.1126.9', 'x'],
]);

test('the release before is the greatest published version below this one, whatever the order of the list', () => {
  const releases = [
    release('v2026.1126.2'),
    release('v2026.1126.1'),
    release('v2026.1126.9'),
    release('v1.0.0'),
    release('v2026.1126.3', true),
  ];
  expect(previousRelease('v2026.1126.5', releases, tags, new Set(['a', 'b']))).toEqual({
    tag: 'v2026.1126.2',
    hash: 'b',
  });
  expect(previousRelease('v2026.1126.1', releases, tags, new Set(['a']))).toBeUndefined();
});

test('after a rewritten history there is none: its readers may have deployed what this one does not contain', () => {
  const releases = [release('v2026.1126.2'), release('v2026.1126.1')];
  const rewritten = new Map(tags).set('v2026.1126.2', 'gone');
  expect(previousRelease('v2026.1126.5', releases, rewritten, new Set(['a', 'b']))).toBeUndefined();
  expect(previousRelease('v2026.1126.5', releases, new Map(), new Set(['a', 'b']))).toBeUndefined();
});
