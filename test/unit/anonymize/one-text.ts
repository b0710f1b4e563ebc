/** One text, without a dump around it: what the rewriter makes of it, and what the leak check says. */
import { Patches } from '../../../src/anonymize/bytes/patches.ts';
import { patchText } from '../../../src/anonymize/emails/patch-text.ts';
import { toNobody } from '../../../src/anonymize/emails/replacement.ts';
import { SignScanner } from '../../../src/anonymize/leak-check/at-signs.ts';
import { eachRemainingEmail } from '../../../src/anonymize/leak-check/remaining-emails.ts';

export const nobody = 'nobody@example.com';

const patches = new Patches();
const signs = new SignScanner();

/** With its addresses replaced. */
export function rewritten(text: string): string {
  const bytes = Buffer.from(text);
  return rewrittenPart(bytes, 0, bytes.length).toString();
}

/** A part of the bytes, with its addresses replaced. */
export function rewrittenPart(bytes: Buffer, from: number, to: number): Buffer {
  patches.clear();
  const count = patchText(bytes, from, to, 0, toNobody, patches);
  return count > 0 ? patches.apply(bytes, from, to) : bytes.subarray(from, to);
}

/** Whether the leak check finds an address in it. */
export function isFound(text: string): boolean {
  const bytes = Buffer.from(text);
  return foundIn(bytes, 0, bytes.length).length > 0;
}

/** The addresses that the leak check finds in a part of the bytes. */
export function foundIn(bytes: Buffer, from: number, to: number): readonly string[] {
  const found: string[] = [];
  eachRemainingEmail(signs, bytes, from, to, (_at, email) => found.push(email));
  return found;
}
