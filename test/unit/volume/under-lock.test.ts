import { describe, expect, test } from '@jest/globals';
import { decideUnderLock, type UnderLockFacts } from '../../../src/volume/under-lock.ts';

const facts = (more: Partial<UnderLockFacts>): UnderLockFacts => ({
  asked: 'auto',
  mode: 'freeze',
  maxPauseSeconds: 120,
  before: { seconds: 500, lockedSeconds: 3 },
  ...more,
});
const decide = (more: Partial<UnderLockFacts>) => decideUnderLock(facts(more));

describe('whether a fingerprint of the moment of the lock is taken', () => {
  test('by default with freeze, where what must be read under the lock fits into half the lease', () => {
    expect(decide({})).toEqual({ kind: 'take', readSeconds: 2000 });
    expect(decide({ before: { seconds: 70, lockedSeconds: 60 } })).toMatchObject({ kind: 'take' });
    expect(decide({ before: { seconds: 70, lockedSeconds: 61 } })).toEqual({
      kind: 'leave',
      why: expect.stringContaining('took 61 s before the pause, more than half of max-pause (120 s)'),
    });
  });

  test('not by default with stop, and not where it is refused; then there is nothing to note', () => {
    expect(decide({ mode: 'stop', before: { seconds: 1, lockedSeconds: 0 } })).toEqual({
      kind: 'leave',
      why: undefined,
    });
    expect(decide({ asked: 'false' })).toEqual({ kind: 'leave', why: undefined });
  });

  test('with stop all tables count; what was asked for and clearly exceeds the lease is refused', () => {
    expect(decide({ asked: 'true', mode: 'stop', before: { seconds: 60, lockedSeconds: 0 } })).toMatchObject({
      kind: 'take',
    });
    expect(decide({ asked: 'true', mode: 'stop' })).toEqual({
      kind: 'refuse',
      problem: expect.stringContaining('allowed: true with a max-pause of at least 1000 s, or false'),
    });
    expect(decide({ asked: 'true', before: { seconds: 500, lockedSeconds: 61 } })).toMatchObject({ kind: 'refuse' });
  });

  test('a host with earlier documents takes none, and the reason is noted', () => {
    expect(decide({ before: { seconds: 1 } })).toEqual({ kind: 'leave', why: expect.stringContaining('does not say') });
  });

  test.each([
    [1, 600],
    [200, 800],
    [100_000, 21_600],
  ])('reading took %s s before: the session may read on for %s s', (seconds, readSeconds) => {
    expect(decide({ before: { seconds, lockedSeconds: 0 } })).toEqual({ kind: 'take', readSeconds });
  });
});
