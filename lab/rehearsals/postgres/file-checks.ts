/** Checks of one published file: it is what the receipt says, and the anonymised one holds no address of the sample. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import type { ObjectVersion } from '../../services/aws/s3/store.ts';
import type { Check } from '../check.ts';
import { bulkAddress, canaries } from './sample/canaries.ts';

type DumpFile = DumpReceipt['files'][number];

/** @param version the object that the receipt names; undefined when the bucket does not have it */
export function checkFile(file: DumpFile, version: ObjectVersion | undefined): Check[] {
  const bytes = version && Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));
  const checks = [checkIdentity(file, version, bytes)];
  // The archive is compressed and binary: its addresses are not readable.
  if (bytes !== undefined && file.kind !== 'archive') checks.push(checkAddresses(file, gunzipSync(bytes)));
  return checks;
}

function checkIdentity(file: DumpFile, version: ObjectVersion | undefined, bytes: Buffer | undefined): Check {
  const same = bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === file.sha256;
  const tag = version?.tags['holdfast:verdict'];
  return {
    holds: same && tag === 'good',
    text: `${file.key}: SHA-256 ${same ? 'as in the receipt' : 'differs from the receipt'}, ${
      tag === undefined ? 'no verdict in its tags' : `tagged ${tag}`
    }`,
  };
}

function checkAddresses(file: DumpFile, content: Buffer): Check {
  const sql = content.toString('utf8');
  const present = canaries.filter(({ written }) => written.some((text) => sql.includes(text))).length;
  const bulk = bulkAddress.test(sql);
  const text = `${file.key}: ${present} of the ${canaries.length} seeded addresses are in the ${file.kind} file`;
  return { holds: file.kind === 'anonymised' ? present === 0 && !bulk : present > 0 && bulk, text };
}
