import type { Claim, Claims, Held } from '../../src/ports/claims.ts';

/** Claims in memory; what several runs share (test/contract/ports/claims.ts holds for both). */
export class FakeClaims implements Claims {
  readonly all = new Map<string, Map<number, Held>>();

  async list(slot: string): Promise<ReadonlyMap<number, Held>> {
    return new Map(this.all.get(slot));
  }

  async make(slot: string, number: number, claim: Claim): Promise<boolean> {
    const made = this.all.get(slot) ?? new Map<number, Held>();
    this.all.set(slot, made);
    if (made.has(number)) return false;
    made.set(number, claim);
    return true;
  }

  async renew(slot: string, number: number, claim: Claim): Promise<void> {
    this.all.get(slot)?.set(number, claim);
  }

  release(slot: string, number: number, claim: Claim): Promise<void> {
    return this.renew(slot, number, claim);
  }

  async sweep(before: string): Promise<void> {
    for (const slot of this.all.keys()) if (slot.slice(0, 10) < before) this.all.delete(slot);
  }
}
