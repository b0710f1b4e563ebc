import { describe, expect, test } from '@jest/globals';
import type { Receipt } from '../../../src/domain/receipt.ts';
import type { Verification } from '../../../src/domain/verification.ts';
import { asProof, isProvenAgain, withProof } from '../../../src/volume/proofs.ts';

const verification = (id: number, verdict: 'good' | 'bad' | 'unproven'): Verification => ({
  verdict,
  snapshotId: 'snap-1',
  instanceId: 'i-1',
  startedAt: `2026-11-0${id}T01:00:00.000Z`,
  endedAt: `2026-11-0${id}T01:10:00.000Z`,
  run: { key: `acme/backups/actions/runs/${id}`, url: `https://github.test/${id}`, attempt: 1 },
  checks:
    verdict === 'bad'
      ? [{ name: 'shop.users', outcome: 'failed', detail: '2 rows, expected 3' }]
      : [{ name: 'shop.users', outcome: 'passed', detail: '3 rows as on the source' }],
  timeline: [],
});

const receipt = (more: Partial<Receipt>): Receipt => ({ format: 'holdfast-receipt/1', ...more }) as Receipt;

describe('the proofs of a snapshot', () => {
  test('a first proof has no history, a later one names both, the newest first', () => {
    const first = verification(1, 'good');
    expect(isProvenAgain(receipt({}))).toBe(false);
    const proven = receipt({ verification: first });
    expect(isProvenAgain(proven)).toBe(true);
    const { proofs } = withProof(proven, asProof(verification(2, 'bad')));
    expect(proofs).toEqual([
      expect.objectContaining({ verdict: 'bad', findings: ['shop.users: 2 rows, expected 3'], seconds: 600 }),
      expect.objectContaining({ verdict: 'good', at: first.endedAt, seconds: 600 }),
    ]);
  });

  test('the same proof is added once, whoever writes it again', () => {
    const proof = asProof(verification(2, 'good'));
    const once = withProof(receipt({ verification: verification(1, 'good') }), proof);
    expect(withProof(once, proof)).toBe(once);
  });

  test('what could not be tried is no first proof', () => {
    expect(isProvenAgain(receipt({ verification: verification(1, 'unproven') }))).toBe(false);
  });
});
