/** What is written instead of an address. */

/** Part of an address before and after the at sign, which stays in the form that it has. */
export interface Substitute {
  readonly local: string;
  readonly domain: string;
}

export const nobody: Substitute = { local: 'nobody', domain: 'example.com' };

const plain = Buffer.from(`${nobody.local}@${nobody.domain}`);

/** Where one address stands in a buffer. */
export interface Place {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly atLength: number;
}

/** Gives the bytes to write for an address, or undefined to leave it. */
export type Replace = (bytes: Buffer, start: number, end: number, at: number, atLength: number) => Buffer | undefined;

/** The at sign's form stays: `%40` in a URL, `\u0040` in JSON. A fullwidth sign becomes an ordinary one. */
export function write(substitute: Substitute, bytes: Buffer, at: number, atLength: number): Buffer {
  const sign = bytes[at] === 0x40 || (bytes[at] as number) >= 0x80 ? '@' : bytes.toString('latin1', at, at + atLength);
  return Buffer.from(`${substitute.local}${sign}${substitute.domain}`, 'latin1');
}

/** Every address becomes nobody@example.com. */
export const toNobody: Replace = (bytes, start, end, at, atLength) => {
  if (atLength === 1) {
    const same = end - start === plain.length && bytes.compare(plain, 0, plain.length, start, end) === 0;
    return same ? undefined : plain;
  }
  const text = write(nobody, bytes, at, atLength);
  return bytes.compare(text, 0, text.length, start, end) === 0 ? undefined : text;
};
