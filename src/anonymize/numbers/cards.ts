/** Whether digits are a card number: 13 to 19 of them, from an issuer (ISO/IEC 7812), with a valid check digit (Luhn). */
export function isCard(bytes: Uint8Array, start: number, end: number, digits: number): boolean {
  if (digits < 13 || digits > 19 || digits === 18) return false;
  const first = (bytes[start] as number) - 0x30;
  if (first < 2 || first > 6) return false;
  let sum = 0;
  let index = 0;
  let allSame = true;
  for (let at = end - 1; at >= start; at -= 1) {
    const value = (bytes[at] as number) - 0x30;
    if (value < 0 || value > 9) continue;
    if (value !== first) allSame = false;
    const doubled = index % 2 === 1 ? value * 2 : value;
    sum += doubled > 9 ? doubled - 9 : doubled;
    index += 1;
  }
  return !allSame && sum % 10 === 0;
}
