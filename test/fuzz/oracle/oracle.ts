/**
 * A third reading of an anonymised dump, slow and broad: it undoes every kind of escape again and again, until nothing new
 * comes of it, and searches each text that it gets. It shares no code with src/anonymize.
 */
import { addressesIn, isMade } from './addresses.ts';
import { blocksOf } from './blocks.ts';
import { hidden } from './bytes.ts';
import { isDecided } from './decided.ts';
import { textOfBytes, unescapings } from './texts.ts';

export interface Leak {
  /** The planted word, or the address. */
  readonly what: string;
  readonly kind: 'word' | 'address';
  /** What was undone to see it, in this order. */
  readonly undone: readonly string[];
  /** The text in which it stands. */
  readonly text: string;
}

export interface Secrets {
  /** Words that must occur nowhere, in lower case. */
  readonly words: readonly string[];
  /** Words that may occur, also in addresses. */
  readonly kept?: readonly string[];
  /** Texts that are no secret, although something in them is an address by the RFCs. */
  readonly harmless?: readonly string[];
}

/** One text and how it was reached. */
interface Reading {
  readonly text: string;
  readonly undone: readonly string[];
}

/** Rounds of unescaping: deeper nesting than people make. */
const depth = 5;
/** Texts that one block may become. */
const mostReadings = 300;

/** Every text that the block becomes by unescaping, itself included. */
export function readingsOf(block: string): readonly Reading[] {
  const all: Reading[] = [{ text: block, undone: [] }];
  const seen = new Set([block]);
  for (let index = 0; index < all.length && all.length < mostReadings; index += 1) {
    const { text, undone } = all[index] as Reading;
    if (undone.length >= depth) break;
    const add = (name: string, next: string): void => {
      if (next.length < 3 || seen.has(next)) return;
      seen.add(next);
      all.push({ text: next, undone: [...undone, name] });
    };
    for (const { name, undo } of unescapings) for (const next of [undo(text)].flat()) add(name, next);
    for (const { name, find } of hidden) for (const next of find(text)) add(name, next);
  }
  return all;
}

/** What an anonymised dump still holds, at most one leak for each word or address. */
export function leaksIn(dump: Buffer, secrets: Secrets): readonly Leak[] {
  const leaks = new Map<string, Leak>();
  for (const block of blocksOf(textOfBytes(dump)))
    for (const leak of leaksOfBlock(block, secrets)) if (!leaks.has(leak.what)) leaks.set(leak.what, leak);
  return [...leaks.values()];
}

/** What was found before, by the words that were searched: many dumps are searched again after a small change. */
const found = new WeakMap<readonly string[], Map<string, readonly Leak[]>>();

function leaksOfBlock(block: string, secrets: Secrets): readonly Leak[] {
  const before = found.get(secrets.words) ?? new Map<string, readonly Leak[]>();
  found.set(secrets.words, before);
  const leaks = before.get(block) ?? searched(block, secrets);
  before.set(block, leaks);
  return leaks;
}

function searched(block: string, { words, kept = [], harmless = [] }: Secrets): readonly Leak[] {
  const leaks = new Map<string, Leak>();
  for (const { text, undone } of readingsOf(block)) {
    const lower = text.toLowerCase();
    for (const word of words)
      if (!leaks.has(word) && lower.includes(word)) leaks.set(word, { what: word, kind: 'word', undone, text: block });
    for (const address of addressesIn(text)) {
      if (leaks.has(address.text) || isMade(address, undone.length > 0) || isDecided(text, address, undone)) continue;
      const isFolded = undone.includes('folded lines');
      if (
        isHarmless(address.text, harmless) ||
        (isFolded && endsHarmless(address.text, harmless)) ||
        kept.some((word) => withoutMarks(address.text).includes(word))
      )
        continue;
      leaks.set(address.text, { what: address.text, kind: 'address', undone, text: block });
    }
  }
  return [...leaks.values()];
}

/** Whether it ends in a harmless text: a blank in front of one looks like the place where a line is folded. */
const endsHarmless = (address: string, harmless: readonly string[]): boolean =>
  harmless.some((one) => one.includes('@') && address.endsWith(one.trim()));

/** In small letters, of which some readings have joined others with their marks: `x` and `\u0308` to `ẍ`. */
const withoutMarks = (text: string): string => text.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '');

const known = new Map<string, ReadonlySet<string>>();

/** Without the quotes and brackets in front, which RFC 5322 allows in an atom. */
const bare = (address: string): string => address.replace(/^[!-/:-@[-`{-~]+/, '');

/** As bytea in escape format. */
const inOctal = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => (byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)))
    .join('');

/** Whether the address comes of a harmless text by unescaping, also of one inside JSON. */
function isHarmless(address: string, harmless: readonly string[]): boolean {
  return harmless.some((one) => {
    if (!known.has(one)) {
      const texts = [one, JSON.stringify(one), inOctal(one)].flatMap(readingsOf);
      known.set(one, new Set(texts.flatMap(({ text }) => addressesIn(text).map((found) => bare(found.text)))));
    }
    const found = known.get(one);
    // Of a zero byte in the escape format of bytea, digits are left when backslashes are taken away.
    return found?.has(bare(address)) || found?.has(bare(address).replace(/0+$/, ''));
  });
}
