/** The text of a number that the leak check found, as the patterns of `allow` are compared with it. It stays in memory: no report has it. */

/** A number as it is written, with its plus. */
export function numberText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1');
}
