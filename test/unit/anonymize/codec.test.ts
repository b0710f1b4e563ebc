/** How a dump writes text. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';

const codecs = ['copy', 'string', 'escape-string', 'raw', 'mysql', 'mysql-double', 'double-string'] as const;

test('decoding reverses encoding', () => {
  const scratch = new Scratch();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...codecs), (bytes, codec) => {
      const written = encode(Buffer.from(bytes), codec);
      const length = decode(written, 0, written.length, codec, scratch);
      expect(scratch.bytes.subarray(0, length)).toEqual(Buffer.from(bytes));
    }),
  );
});
