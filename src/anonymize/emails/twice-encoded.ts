/**
 * Letters that were encoded as UTF-8 twice, as if their bytes were characters of Latin-1 or Windows-1252: `AndrÃ©`, `bÃ¼cher`. They come in
 * pairs, of which the second is nearly always a sign that would end an address.
 */

/** The first bytes of Latin letters with accents, Greek and Cyrillic, as characters. All of them take two bytes. */
function isLead(point: number): boolean {
  return (point >= 0xc3 && point <= 0xc5) || (point >= 0xce && point <= 0xd1);
}

/** Windows-1252 from 0x80 to 0x9f, where Latin-1 has control characters. */
const signs = new Set([...'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'].map((sign) => sign.codePointAt(0) as number));
const noBreakSpace = 0xa0;

/** Whether two characters in a row are one letter that was encoded twice, also where the text was turned into lower case since. */
export function isPair(lead: number, point: number): boolean {
  const isByte = point >= 0x80 && point <= 0xbf;
  if (isLead(lead)) return (isByte && (point !== noBreakSpace || lead === 0xc3)) || signs.has(point);
  // In lower case such letters end words, before quotes and spaces.
  return isLead(lead - 0x20) && isByte && point !== noBreakSpace && point !== 0xab && point !== 0xbb;
}

/** Whether a character may begin a pair. */
export function mayBeLead(point: number): boolean {
  return point >= 0xc3 && point <= 0xf1;
}

/** Whether a character may end a pair. */
export function mayFollowLead(point: number): boolean {
  return (point >= 0x80 && point <= 0xbf) || signs.has(point);
}
