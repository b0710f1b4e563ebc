/** Hexadecimal digits as bytes. */
const digits = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
  digits[value.toString(16).charCodeAt(0)] = value;
  digits[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** The value of a hexadecimal digit; -1 for any other byte, or for none. */
export function hexValue(byte: number | undefined): number {
  return byte === undefined ? -1 : (digits[byte] as number);
}

/** The value of `count` hexadecimal digits; -1 when one of them is not a digit. */
export function hexNumber(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index += 1) {
    const digit = hexValue(bytes[index]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
