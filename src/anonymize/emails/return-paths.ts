/**
 * Return paths of mailing systems, which hold the address of the recipient with an equals sign in it: `list-return-12-user=host@`
 * (VERP: ezmlm, qmail, Mailman, Sympa), `prvs=tag=user@` (BATV), `SRS0=hash=tt=host=user@` (the Sender Rewriting Scheme). Elsewhere
 * an equals sign is before an address: `email=user@`.
 */
import { apostrophe, delimiter } from './characters.ts';
import { readUnitBefore, unitClass, unitLength } from './units.ts';

/** Prefixes of schemes that put several equals signs into a local part. */
const scheme = /(?:^|[^\p{L}\p{N}])(?:srs[01][=+-]|(?:ms)?prvs\d?=|btv\d=)/iu;
/** Words of the part before, in which mailing systems say that it is a return path. */
const word =
  /(?:^|[-._])(?:return|returns|bounces?|owner|sentto|errors?|verp|confirm|probe|request|rcpt|newsletter|mailer|notify|m?list|sc|uc|sub|unsub|unsubscribe|subscribe)(?:[-._\d]|$)/i;
/** Sequence numbers: `list-12-`. */
const serial = /[-._]\d+[-._]|^\d+[-._]/;
/** Names of what holds an address: `reply-to=john.smith@…` has a key before the sign. */
const key =
  /(?:^|[-._])(?:e?-?mails?|to|cc|bcc|from|users?|names?|usernames?|login|accounts?|contact|recipients?|sender|reply|author|owner|addr(?:ess)?|uid|id|q|query|search|value|data|text|key|param|href|url|src|title)$/i;
/** What comes between the sign and the at sign, where it is a host. */
const host = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.(\p{L}[\p{L}\p{N}-]+)$/u;
/** Top-level domains that names of people do not end in: of countries, the oldest, and those that RFC 2606 and 6762 reserve. */
const topLevel =
  /^(?:[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|app|dev|io|cloud|online|shop|site|tech|xyz|email|mail|example|test|invalid|localhost|local|internal|lan|home|corp|intranet|xn--.+)$/i;

/**
 * Whether an equals sign is part of the local part.
 * @param at where the sign begins, and `end` where it ends
 * @param to where the local part ends
 */
export function isReturnPath(bytes: Uint8Array, at: number, end: number, to: number, floor: number): boolean {
  const before = textOf(bytes, wordStart(bytes, at, floor), at);
  if (before.includes('+')) return true;
  if (scheme.test(`${before}=`)) return true;
  const found = host.exec(textOf(bytes, end, to).replace(/^.*=/, ''));
  if (found === null) return false;
  if (word.test(before) || serial.test(before)) return !isKey(before);
  return topLevel.test(found[1] as string) && !isKey(before) && /[\p{L}\p{N}]$/u.test(before);
}

/** `owner=`, `from=`: one word that names what comes. `list-owner-jane=` is none. */
function isKey(before: string): boolean {
  return key.test(before) && !serial.test(before);
}

/** Where the characters begin that may belong to a local part; other equals signs are among them. */
function wordStart(bytes: Uint8Array, at: number, floor: number): number {
  let index = at;
  for (;;) {
    const unit = readUnitBefore(bytes, index, floor);
    const kind = unitClass(unit);
    if (unitLength(unit) === 0 || kind === delimiter || kind === apostrophe) return index;
    index -= unitLength(unit);
  }
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
