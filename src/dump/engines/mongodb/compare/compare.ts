/** Compares the fingerprint of a restored copy with that of the source. */
import type { Comparison } from '../../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import { compareRows } from './anonymised.ts';
import { compareDefinitions } from './definitions.ts';
import { compareDocuments } from './documents.ts';
import { Findings } from './findings.ts';
import { Share } from './share.ts';

/**
 * A source that moves was read before and after its dump. What was the same in both readings must be the same in the copy; the
 * rest is not compared, and the share of the documents that were is told.
 */
export function compareMongo(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  anonymised?: Anonymised,
): Comparison {
  const findings = new Findings(source, copy);
  const share = new Share();
  if (anonymised) compareRows(source, copy, anonymised, findings, share);
  else compareDocuments(source, copy, findings, share);
  compareDefinitions(source, copy, findings, anonymised);
  share.tell(findings);
  return findings;
}
