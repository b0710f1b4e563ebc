/** Checks of one published file: it is what the receipt says, and the anonymised one holds no address of the sample. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { DumpFile, DumpFileKind } from '../../src/domain/dump.ts';
import type { ObjectVersion } from '../services/aws/s3/store.ts';
import type { Check } from './check.ts';

/** The seeded addresses of a sample. */
export interface Addresses {
  readonly canaries: readonly { readonly written: readonly string[] }[];
  /** Those of the many rows that fill it. */
  readonly bulk: RegExp;
  /** The files whose content shows them, once unzipped. */
  readonly readable: readonly DumpFileKind[];
}

/** @param version the object that the receipt names; undefined when the bucket does not have it */
export function checkFile(file: DumpFile, version: ObjectVersion | undefined, addresses: Addresses): Check[] {
  const bytes = version && Buffer.concat(version.pieces.map((piece) => readFileSync(piece.path)));
  const checks = [checkIdentity(file, version, bytes)];
  if (bytes !== undefined && addresses.readable.includes(file.kind))
    checks.push(checkAddresses(file, gunzipSync(bytes), addresses));
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

function checkAddresses(file: DumpFile, content: Buffer, { canaries, bulk }: Addresses): Check {
  const sql = content.toString('utf8');
  const present = canaries.filter(({ written }) => written.some((text) => sql.includes(text))).length;
  const many = bulk.test(sql);
  const text = `${file.key}: ${present} of the ${canaries.length} seeded addresses are in the ${file.kind} file`;
  return { holds: file.kind === 'anonymised' ? present === 0 && !many : present > 0 && many, text };
}
