/** What the port Claims promises. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Claim, type Claims, unreadable } from '../../../src/ports/claims.ts';

export interface ClaimsWorld {
  readonly claims: Claims;
  readonly stop: () => Promise<void>;
}

export function claimsSuite(name: string, start: () => Promise<ClaimsWorld>): void {
  describe(`Claims: ${name}`, () => {
    let world: ClaimsWorld;
    let claims: Claims;
    beforeEach(async () => {
      world = await start();
      claims = world.claims;
    });
    afterEach(() => world.stop());

    const claim = (run: string, until = '2026-11-21T03:00:00.000Z'): Claim => ({
      run,
      attempt: 1,
      until: new Date(until),
    });
    const slot = '2026-11-21';

    test('a number is claimed once, and of several at once by exactly one', async () => {
      expect(await claims.list(slot)).toEqual(new Map());
      const made = await Promise.all(['a', 'b', 'c'].map((run) => claims.make(slot, 1, claim(run))));
      expect(made.filter(Boolean)).toHaveLength(1);
      const winner = ['a', 'b', 'c'][made.indexOf(true)] ?? '';
      expect(await claims.list(slot)).toEqual(new Map([[1, claim(winner)]]));
      expect(await claims.make(slot, 2, claim('b'))).toBe(true);
      expect([...(await claims.list(slot)).keys()].sort()).toEqual([1, 2]);
    });

    test('a renewal replaces the claim', async () => {
      await claims.make(slot, 1, claim('a'));
      const longer = claim('a', '2026-11-21T04:00:00.000Z');
      await claims.renew(slot, 1, longer);
      expect(await claims.list(slot)).toEqual(new Map([[1, longer]]));
    });

    test('a claim is given up by one that has ended', async () => {
      await claims.make(slot, 1, claim('a'));
      const ended = claim('a', '2026-11-21T02:10:00.000Z');
      await claims.release(slot, 1, ended);
      expect(await claims.list(slot)).toEqual(new Map([[1, ended]]));
    });

    test('slots have claims of their own, also a named one of the same day', async () => {
      await claims.make(slot, 1, claim('a'));
      expect(await claims.make(`${slot}/before-upgrade`, 1, claim('b'))).toBe(true);
      expect(await claims.make(`${slot}T06`, 1, claim('c'))).toBe(true);
      expect([...(await claims.list(slot)).values()].map((one) => one !== unreadable && one.run)).toEqual(['a']);
    });

    test('claims of slots before a day are swept, however many', async () => {
      for (let number = 1; number <= 12; number += 1) await claims.make('2026-11-17T06', number, claim('a'));
      await claims.make('2026-11-18', 1, claim('b'));
      await claims.sweep('2026-11-18');
      expect((await claims.list('2026-11-17T06')).size).toBe(0);
      expect((await claims.list('2026-11-18')).size).toBe(1);
    });
  });
}
