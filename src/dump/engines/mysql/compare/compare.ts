/** Compares the fingerprint of a restored copy with that of the source. */
import type { Comparison, DumpFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import { compareDefinitions } from './compare-definitions.ts';
import { compareRows } from './compare-rows.ts';
import { Findings } from './findings.ts';

export function compareDatabases(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  anonymised?: Anonymised,
): Comparison {
  const findings = new Findings(source, copy);
  compareRows(source, copy, anonymised, findings);
  compareNextValues(source, copy, anonymised, findings);
  compareDefinitions(source, copy, findings);
  return findings;
}

/**
 * Next values of AUTO_INCREMENT and of sequences do not belong to a transaction: what the archive sets is what the copy must have.
 * A server may round a table's up (auto_increment_increment).
 */
function compareNextValues(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  anonymised: Anonymised | undefined,
  findings: Findings,
): void {
  const expected = source.sequencesInArchive ?? source.sequences;
  for (const [name, value] of Object.entries(expected)) {
    const isTable = source.definitions?.[`SEQUENCE ${name}`] === undefined;
    // Without some of its rows, a table may start elsewhere; and so may one whose file says nothing of it.
    if (isTable && anonymised?.rowsLeftOut.has(name)) continue;
    if (source.sequencesInArchive === undefined && source.sequencesBefore !== undefined) continue;
    const found = copy.sequences[name];
    const higher = isTable && found !== undefined && BigInt(found) >= BigInt(value);
    findings.check(`next value of ${name}`, value, higher ? value : found);
  }
  for (const [name, found] of Object.entries(copy.sequences))
    if (expected[name] === undefined && source.definitions?.[`SEQUENCE ${name}`] !== undefined)
      findings.check(`next value of ${name}`, undefined, found);
}
