/** Names a statement for people. */

/** Characters of its beginning. */
const placeLength = 80;

/** How a statement begins, for people: it names its object, and an address in it is left out. */
export function placeOf(statement: string): string {
  const text = statement.replaceAll(/\/\*M?!\d{0,6} ?|\*\//g, '').replaceAll(/[^\s`'"=]+@[^\s`'"]+/g, '…@…');
  const short = text.replaceAll(/\s+/g, ' ').trim();
  return short.length > placeLength ? `${short.slice(0, placeLength)}…` : short;
}
