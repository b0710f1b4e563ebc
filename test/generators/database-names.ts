/** Names of databases: of 1 to 80 bytes, in several scripts, with characters that have a meaning in SQL, URLs or psql. */
import fc from 'fast-check';

const letters = [
  ...'aZ_7-. ',
  ...`"'\\=:/%$&;`,
  '://',
  ':x',
  '$&',
  'é',
  'Ω',
  'ж',
  '语',
  'ก',
  'א',
  '😀',
  '\u{1F468}\u200D\u{1F469}',
];

const startsAnew = (name: string): boolean => !/^holdfast_(new|old)_|^(postgres|template[01])$/.test(name);

/** Mostly near the 63 bytes that PostgreSQL keeps, where it matters how a name is cut. */
export const databaseNames: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 40 }),
    fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 58, max: 68 })),
  )
  .map(([some, bytes]) => {
    let name = '';
    for (let at = 0; ; at += 1) {
      const next = name + some[at % some.length];
      if (Buffer.byteLength(next) > bytes && name !== '') return name;
      name = next;
    }
  })
  .filter((name) => Buffer.byteLength(name) <= 80 && startsAnew(name));
