/** Names of objects in fingerprints. */

/** An index of a collection. Both names may have dots, so a space is between them, and the index is quoted: no two are the same. */
export function indexId(collection: string, index: string): string {
  return `INDEX ${collection} ${JSON.stringify(index)}`;
}

/** Documents of a class, whose sum is `DOCUMENTS:CHECKSUM`. */
export function documentsIn(sum: string): number {
  return Number(sum.split(':', 1)[0]);
}
