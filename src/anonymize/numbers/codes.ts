/** Codes in hexadecimal digits, of which a part looks like a number by chance: UUIDs, and bytes in groups. */

/** Bytes around a number that are read: more than a UUID takes beside any of its digits. */
const around = 40;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const groupBefore = /(?<![0-9a-z])([0-9a-f]{2,8})[ :-]$/i;
const groupAfter = /^[ :-]([0-9a-f]{2,8})(?![0-9a-z])/i;

/** Whether the digits between `start` and `end` are part of such a code. */
export function isInCode(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  const begin = Math.max(from, start - around);
  const text = Buffer.from(bytes.subarray(begin, Math.min(to, end + around))).toString('latin1');
  const [first, last] = [start - begin, end - begin];
  for (const { index, 0: whole } of text.matchAll(uuid)) if (index < last && index + whole.length > first) return true;
  const number = text.slice(first, last);
  const before = isHexGroup(groupBefore.exec(text.slice(0, first))?.[1], /^\d+/.exec(number)?.[0]);
  const after = isHexGroup(groupAfter.exec(text.slice(last))?.[1], /\d+$/.exec(number)?.[0]);
  return before === 'surely' || after === 'surely' || (before === 'maybe' && after === 'maybe');
}

/** Whether a word beside a number is a group of the same code: as long as the group next to it, and with letters. */
function isHexGroup(word: string | undefined, group: string | undefined): 'no' | 'maybe' | 'surely' {
  if (word === undefined || word.length !== group?.length || !/[a-f]/i.test(word)) return 'no';
  // `face`, `dead`.
  return /\d/.test(word) ? 'surely' : 'maybe';
}
