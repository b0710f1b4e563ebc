/** Base64. */
export function endsBase64Word(_bytes: Uint8Array, _at: number): boolean {
  return false;
}
