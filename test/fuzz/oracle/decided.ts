/** What neither the search nor the leak check finds, by decision: the list of docs/anonymize.md. */
import type { Address } from './addresses.ts';

export interface Decision {
  /** As in docs/anonymize.md. */
  readonly what: string;
  /** Whether a finding of the oracle falls under it. */
  readonly covers: (text: string, address: Address, undone: readonly string[]) => boolean;
}

const fileNames = /\.(png|jpe?g|gif|webp|svg|ico|bmp|tiff?|s?css|m?js|json|xml|html?|txt|pdf|php)$/i;

export const decided: readonly Decision[] = [
  { what: 'the names of files', covers: (_text, { domain }) => fileNames.test(domain) },
  { what: 'versions', covers: (_text, { domain }) => /^[\d.]+[\w-]*$/.test(domain) || /\.\d[\w-]*$/.test(domain) },
  {
    what: 'hosts after a password',
    covers: (text, { index, text: found }) => /:\/\/[^\s/]*:[^\s/]*$/.test(text.slice(0, index + found.indexOf('@'))),
  },
];

export function isDecided(text: string, address: Address, undone: readonly string[]): boolean {
  return decided.some(({ covers }) => covers(text, address, undone));
}
