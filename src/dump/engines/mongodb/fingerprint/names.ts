/** Names of objects in fingerprints. */

/** An index of a collection. Both names may have dots, so a space is between them, and the index is quoted: no two are the same. */
export function indexId(collection: string, index: string): string {
  return `INDEX ${collection} ${JSON.stringify(index)}`;
}

/** @param id of an index; where its collection ends shows only when the rest is a quoted name and nothing more */
export function isIndexOf(id: string, collection: string): boolean {
  const prefix = `INDEX ${collection} `;
  return id.startsWith(prefix) && /^"(?:[^"\\]|\\.)*"$/s.test(id.slice(prefix.length));
}

/** In the place of the sum of a class, some of whose documents change when a restore replays a log. */
export const replayed = '';

/** Documents of a class, whose sum is `DOCUMENTS:CHECKSUM`. */
export function documentsIn(sum: string): number {
  return Number(sum.split(':', 1)[0]);
}
