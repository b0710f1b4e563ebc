/** Addresses that a condition may accept, and what they have to begin and end with, from the condition's own text. */
import { likeParts, readPattern, regexOfSimilar } from '../../schema/expressions/patterns.ts';
import { samplesOf } from '../../schema/expressions/regex/samples.ts';
import { type Expression, stringsIn } from '../../schema/expressions/tree.ts';
import { parseArray } from '../../schema/expressions/values.ts';
import { addressesOf, lengthsIn } from './asked-lengths.ts';

export interface Samples {
  /** Addresses of the usual kinds, and addresses made of the condition's patterns. */
  readonly addresses: readonly string[];
  /** Whole addresses that the condition names. */
  readonly named: readonly string[];
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  /** How many characters it asks for. */
  readonly lengths: readonly number[];
}

const usual = [
  'ann.smith@mail.example',
  'a@b.co',
  'bob@corp.example',
  'ANN.SMITH@MAIL.EXAMPLE',
  'Ann-Lee7@Mail.example',
  'Ann.Smith@Mail.Example',
  'nobody-of-this-name-at-all-7@some-quite-long-domain.example',
];
const address = /^[^\s@'"<>()[\],;:\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const domain = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const beginning = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,30}$/;
const most = 12;

export function samplesFor(expression: Expression): Samples {
  const strings = stringsIn(expression)
    .filter((text) => text !== '' && text.length <= 1000)
    .flatMap((text) => [text, ...(parseArray(text) ?? []).filter((one) => typeof one === 'string')]);
  const made = strings.flatMap((text) => [text, ...fromLike(text), ...fromRegex(text), ...fromSimilar(text)]);
  const domains = new Set<string>();
  const beginnings = new Set<string>();
  const lengths = lengthsIn(expression);
  const addresses = new Set([...usual, ...lengths.slice(0, most).flatMap(addressesOf)]);
  for (const text of made) {
    const [before = '', after] = text.split('@', 2);
    if (address.test(text)) addresses.add(text);
    for (const one of domainsOf(after ?? text)) domains.add(one);
    if (after === undefined && beginning.test(text)) beginnings.add(text);
    if (after !== undefined && before !== '' && beginning.test(before)) beginnings.add(before);
    if (after === '' && beginning.test(before)) addresses.add(`${before}@corp.example`);
  }
  // Of `@corp.`, the rest of the domain is open.
  for (const text of [...strings, ...strings.flatMap(fromLike)]) {
    const label = /@([A-Za-z0-9-]*[A-Za-z0-9])\.?$/.exec(text)?.[1];
    if (label !== undefined) domains.add(`${label}.example`);
  }
  for (const one of domains) addresses.add(`nab@${one}`);
  for (const one of [...beginnings].slice(0, most)) addresses.add(`${one}nab@corp.example`);
  return {
    addresses: [...addresses].slice(0, 4 * most),
    named: strings.filter((text) => address.test(text)).slice(0, most),
    domains: [...domains].slice(0, most),
    beginnings: [...beginnings].slice(0, most),
    lengths: lengths.slice(0, most),
  };
}

function domainsOf(text: string): string[] {
  if (domain.test(text)) return [text];
  return /^\.[A-Za-z0-9.-]+$/.test(text) && domain.test(`corp${text}`) ? [`corp${text}`] : [];
}

function fromLike(text: string): string[] {
  const parts = likeParts(text, '\\') ?? [];
  if (!parts.some((part) => typeof part === 'symbol')) return [];
  const filled = parts.map((part) => (typeof part === 'symbol' ? 'n' : part)).join('');
  const bare = parts.map((part) => (typeof part === 'symbol' ? '' : part)).join('');
  return [bare, filled];
}

/** The patterns of SIMILAR TO have the signs of both. */
function fromSimilar(text: string): readonly string[] {
  const regex = /[%_]/.test(text) && /[|()[*+?{]/.test(text) ? regexOfSimilar(text, '\\') : undefined;
  return regex === undefined ? [] : fromRegex(regex);
}

function fromRegex(text: string): readonly string[] {
  const pattern = /[\\[\]().*+?^$|{}]/.test(text) ? readPattern(text) : undefined;
  return pattern === undefined ? [] : samplesOf(pattern);
}
