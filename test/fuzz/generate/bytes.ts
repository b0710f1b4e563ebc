/** Values that are bytes: texts in any encoding, and others with an address in them. */
import fc from 'fast-check';
import { plainAddress } from './addresses.ts';
import { address, anyText, type Value } from './values.ts';

type Encoder = (text: string) => Buffer;
const swapped: Encoder = (text) => Buffer.from(text, 'utf16le').swap16();
const wide = (text: string, bigEndian: boolean): Buffer => {
  const points = [...text].map((one) => one.codePointAt(0) as number);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, index) => {
    if (bigEndian) bytes.writeUInt32BE(point, index * 4);
    else bytes.writeUInt32LE(point, index * 4);
  });
  return bytes;
};
const encoders: readonly Encoder[] = [(text) => Buffer.from(text), (text) => Buffer.from(`${text}\0`)];
/** Of these, what is clear is found (decided.ts). */
const wideEncoders: readonly Encoder[] = [
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  swapped,
  (text) => swapped(`\ufeff${text}`),
  (text) => wide(text, false),
  (text) => wide(`\ufeff${text}`, true),
];
/** Binary data around a text, as the metadata of a picture has it. */
const noisy: Encoder = (text) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0, 1, 2]), Buffer.from(text), Buffer.from([0, 0, 9, 0xfe])]);

/** Without control characters, with which bytes are no text. */
const textual = anyText.filter(({ text = '' }) => [...text].every((one) => one >= ' ' || '\t\n\r'.includes(one)));

export interface Bytes extends Value {
  readonly bytes: Buffer;
}

/** Where the words are in bytes that are no text, what is clear is found (decided.ts). */
const clear = /^[\w.+-]{3,}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/;

export const anyBytes: fc.Arbitrary<Bytes> = fc.oneof(
  fc
    .tuple(plainAddress, fc.constantFrom(...wideEncoders))
    .map(([value, encode]) => ({ ...value, bytes: encode(`to ${value.text}, x`) })),
  fc
    .tuple(textual, fc.constantFrom(...encoders))
    .map(([value, encode]) => ({ ...value, bytes: encode(value.text ?? '') })),
  address.map((value) =>
    clear.test(value.text ?? '')
      ? { ...value, bytes: noisy(value.text ?? '') }
      : { text: '', words: [], bytes: Buffer.of(0, 1) },
  ),
);

export const inHex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

/** As a server with `bytea_output = escape` writes them (PostgreSQL manual, 8.4.2). */
export const inEscapeFormat = (bytes: Buffer): string =>
  [...bytes]
    .map((byte) => {
      if (byte === 0x5c) return '\\\\';
      return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
    })
    .join('');
