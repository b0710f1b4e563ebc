/**
 * Passwords of roles, which pg_dumpall writes as hashes. They are taken out with their keyword: an option that is not given leaves the
 * password of a role that exists (PostgreSQL manual, ALTER ROLE).
 */
import type { ReaderState } from '../format/dump-visitor.ts';

const roleStatement = /^(?:create|alter)\s+(?:role|user|group)\s+(?!mapping\b)/i;
const keyword = /\s*\b(?:(?:un)?encrypted\s+)?password\s*(?:e|u&)?(?:'|\$[^\s$]*\$)$/i;
/** Bytes in which the keyword stands. */
const keywordBytes = 100;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** @returns where the password stands in a statement about a role, with its keyword */
export function rolePassword(
  bytes: Buffer,
  from: number,
  to: number,
  eachLiteral: ReaderState['eachLiteral'],
): Range | undefined {
  if (!roleStatement.test(bytes.toString('latin1', from, Math.min(to, from + keywordBytes)))) return undefined;
  let found: Range | undefined;
  eachLiteral(bytes, from, to, (kind, _codec, start, end) => {
    if (kind !== 'string' && kind !== 'dollar') return;
    const before = keyword.exec(bytes.toString('latin1', Math.max(from, start - keywordBytes), start))?.[0];
    if (before === undefined) return;
    const close = kind === 'string' ? 1 : before.length - before.indexOf('$');
    found = { start: start - before.length, end: Math.min(to, end + close) };
  });
  return found;
}
