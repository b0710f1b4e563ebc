/** Replacements as long as the address before: where the length of the whole is noted elsewhere. */
import type { Replace } from '../../emails/replacement.ts';

export function sameLength(replace: Replace): Replace {
  return (bytes, start, end) => {
    const text = replace(bytes, start, end);
    if (text === undefined || text.length === end - start) return text;
    const missing = end - start - text.length;
    // In front of the local part; without room, no address remains.
    return missing > 0 ? Buffer.concat([Buffer.alloc(missing, 'x'), text]) : Buffer.alloc(end - start, 'x');
  };
}
