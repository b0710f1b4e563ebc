/** E-mail addresses as a person who knows nothing of the anonymiser looks for them: a simple regular expression. */

const address = /[a-z0-9][a-z0-9._%+-]*@(?:[a-z0-9-]+\.)+[a-z][a-z0-9]*/gi;

/** In small letters, each once. */
export function addressesIn(text: string): readonly string[] {
  return [...new Set((text.match(address) ?? []).map((found) => found.toLowerCase()))].sort();
}

/** The text with one word in place of each address. */
export function withoutAddresses(text: string): string {
  return text.replace(address, '<address>');
}
