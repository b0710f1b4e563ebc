/** Unescaping of texts: each function undoes one kind of escape wherever it occurs, and returns what it makes of the text. */
import { domainToUnicode } from 'node:url';

export interface Unescaping {
  /** In findings, and in the decisions of decided.ts. */
  readonly name: string;
  readonly undo: (text: string) => string | readonly string[];
}

const controls: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', a: '\x07', e: '\x1b', 0: '\0' },
};

const point = (digits: string, base: number): string => {
  const number = Number.parseInt(digits, base);
  return number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd';
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as UTF-8 where they are that, otherwise as Latin-1. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Replaces runs of encoded bytes: a character beyond ASCII takes several. */
function runs(text: string, run: RegExp, one: RegExp, base = 16): string {
  return text.replaceAll(run, (all) => {
    const numbers = [...all.matchAll(one)].map((match) => Number.parseInt(match[1] ?? '', base));
    return textOfBytes(Uint8Array.from(numbers));
  });
}

const named: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", commat: '@', period: '.', lowbar: '_', UnderBar: '_' },
  ...{ plus: '+', hyphen: '-', dash: '-', nbsp: '\u00a0', shy: '', zwnj: '', zwj: '', Tab: '\t', NewLine: '\n' },
  ...{
    percnt: '%',
    num: '#',
    excl: '!',
    sol: '/',
    bsol: '\\',
    equals: '=',
    lpar: '(',
    rpar: ')',
    lsqb: '[',
    rsqb: ']',
  },
  ...{ colon: ':', semi: ';', comma: ',', quest: '?', dollar: '$', ast: '*', Hat: '^', grave: '`', verbar: '|' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è' },
  ...{ aacute: 'á', iacute: 'í', oacute: 'ó', uacute: 'ú', ntilde: 'ñ', ccedil: 'ç', aring: 'å', oslash: 'ø' },
};

function html(text: string): string {
  return text
    .replaceAll(/&#[xX]0*([0-9a-fA-F]{1,6});?/g, (_, digits: string) => point(digits, 16))
    .replaceAll(/&#0*(\d{1,7});?/g, (_, digits: string) => point(digits, 10))
    .replaceAll(/&([A-Za-z]+);/g, (all, name: string) => named[name] ?? all);
}

/** `\u0040`, `\u{40}`, `\U00000040`, `\x40`, `\x{40}`, `\100`, however often the backslash is doubled. */
function script(text: string): string {
  return text
    .replaceAll(/\\+u([0-9a-fA-F]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll(/\\+U([0-9a-fA-F]{8})/g, (_, digits: string) => point(digits, 16))
    .replaceAll(/\\+[ux]\{([0-9a-fA-F]{1,6})\}/g, (_, digits: string) => point(digits, 16))
    .replaceAll(/(?:\\+x[0-9a-fA-F]{2})+/g, (all) => runs(all, /.+/gs, /x([0-9a-fA-F]{2})/g));
}

/** Strings whose length PHP's serialize() states are read as they are; so what is undone here is the escape of zero bytes. */
const php = (text: string): string => text.replaceAll(/~~NULL_BYTE~~|\\0\*\\0/g, '');

function encodedWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?[\w.*-]+\?[qQ]\?([^?\s]*)\?=/g, (_, body: string) => quotedPrintable(body.replaceAll('_', ' ')))
    .replaceAll(/=\?[\w.*-]+\?[bB]\?([\w+/=-]*)\?=/g, (_, body: string) => textOfBytes(Buffer.from(body, 'base64')));
}

function quotedPrintable(text: string): string {
  return runs(text.replaceAll(/=[ \t]*\r?\n/g, ''), /(?:=[0-9a-fA-F]{2})+/g, /=([0-9a-fA-F]{2})/g);
}

const unseen = /\u034f|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\ufe0f/g;

function punycode(text: string): string {
  return text.replaceAll(/[a-zA-Z0-9.-]*xn--[a-zA-Z0-9.-]+/g, (name) => domainToUnicode(name) || name);
}

/** Lines of vCards, calendars and LDIF; what follows the last line of one is not folded. */
function unfolded(text: string): string {
  return /begin:v|\bdn:/i.test(text)
    ? text.replaceAll(/(?<!end:v\w{4,8}(?:\r|\\+r)?)(?:\r?\n|\\+r\\+n|\\+n)[ \t]/gi, '')
    : text;
}

export const unescapings: readonly Unescaping[] = [
  {
    name: 'escapes of COPY and strings',
    undo: (text) => text.replaceAll(/\\([bfnrtvae0\\])/g, (_, one: string) => controls[one] ?? one),
  },
  { name: 'octal escapes', undo: (text) => runs(text, /(?:\\+[0-7]{3})+/g, /([0-7]{3})/g, 8) },
  { name: 'escapes of scripts', undo: script },
  { name: 'folded lines', undo: unfolded },
  { name: 'backslashes', undo: (text) => text.replaceAll(/\\+([^\\])/gs, '$1') },
  { name: 'doubled quotes', undo: (text) => text.replaceAll(/""/g, '"').replaceAll("''", "'") },
  { name: 'HTML', undo: html },
  {
    name: 'URL',
    undo: (text) => [
      runs(text, /(?:%[0-9a-fA-F]{2})+/g, /%([0-9a-fA-F]{2})/g),
      text.replaceAll(/%u([0-9a-fA-F]{4})/g, (_, digits: string) => point(digits, 16)),
    ],
  },
  { name: 'quoted-printable', undo: quotedPrintable },
  { name: 'encoded words', undo: encodedWords },
  { name: 'PHP', undo: php },
  { name: 'characters without width', undo: (text) => text.replaceAll(unseen, '') },
  { name: 'compatibility characters', undo: (text) => text.normalize('NFKC') },
  { name: 'tags', undo: (text) => text.replaceAll(/<\/?[a-zA-Z][^<>]*>/g, '') },
  { name: 'patterns', undo: (text) => text.replaceAll(/\[(.)\]/g, '$1').replaceAll(/\\[QE]/g, '') },
  { name: 'punycode', undo: punycode },
];
