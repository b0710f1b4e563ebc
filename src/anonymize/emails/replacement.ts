/** What is written instead of an address. */

/** The parts of an address on both sides of the at sign. */
interface Parts {
  readonly local: string;
  readonly domain: string;
}

export const nobody: Parts = { local: 'nobody', domain: 'example.com' };

const plain = Buffer.from(`${nobody.local}@${nobody.domain}`);

/**
 * @param start where the address begins in `bytes`, and `end` where it ends
 * @param at where its at sign begins
 * @returns the bytes to write instead of the address; undefined to leave it as it is
 */
export type Replace = (bytes: Buffer, start: number, end: number, at: number, atLength: number) => Buffer | undefined;

/**
 * The parts with the at sign of the address before: `%40` in a URL and `\u0040` in JSON keep their form. A fullwidth sign
 * becomes an ordinary one.
 */
export function writeAddress({ local, domain }: Parts, bytes: Buffer, at: number, atLength: number): Buffer {
  const sign = bytes[at] === 0x40 || (bytes[at] as number) >= 0x80 ? '@' : bytes.toString('latin1', at, at + atLength);
  return Buffer.from(`${local}${sign}${domain}`, 'latin1');
}

/** Replaces every address by nobody@example.com. */
export const toNobody: Replace = (bytes, start, end, at, atLength) => {
  const text = atLength === 1 ? plain : writeAddress(nobody, bytes, at, atLength);
  const isSame = end - start === text.length && bytes.compare(text, 0, text.length, start, end) === 0;
  return isSame ? undefined : text;
};

/** The address with a shorter local part; only x where not even `@example.com` fits. */
export function shortened(email: string, room: number): string {
  const sign = email.search(/@|%(?:25)*40|\\u0040|\\x40|&/);
  const domain = sign < 0 ? '' : email.slice(sign);
  const left = room - domain.length;
  return sign < 0 || left < 1
    ? 'x'.repeat(Math.min(room, email.length))
    : email.slice(Math.max(0, sign - left), sign) + domain;
}
