/** The kinds of bytes that matter to the search for numbers. */
export const other = 0;
export const digit = 1;
/** A byte that may come between the digits of one number: `20 30-40/(50).60`. */
export const separator = 2;
/** A byte that, beside digits, makes them part of a word. */
export const letter = 3;

export const byteKinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/\d/.test(character)) return digit;
  if (/[ \-/().]/.test(character)) return separator;
  return /[A-Za-z_]/.test(character) || byte >= 0x80 ? letter : other;
});
