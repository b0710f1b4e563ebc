/** The texts that a value written as an expression is made of: adjacent strings, arguments of CONCAT, hexadecimal digits, bits. */
import { textOf } from '../codec.ts';
import { isBlank, isNameByte, mysqlQuotedEnd } from './lexical.ts';
import { type StringForms, stringCodec } from './literals.ts';
import { bytesOfHex } from './values.ts';

const doubleQuote = 0x22;
const quote = 0x27;
const backquote = 0x60;

export interface ExpressionText {
  /** What the literals give, one after another where the server would put them together, otherwise with a blank between them. */
  readonly text: Buffer;
  /** Whether the value is exactly that text: adjacent strings (MySQL manual, "String Literals"), or CONCAT of strings alone. */
  readonly isWhole: boolean;
}

const blank = Buffer.from(' ');

/** Bytes that bits stand for; the first of them are filled up with zeros. */
export function bytesOfBits(bits: string): Buffer {
  const full = bits.padStart(Math.ceil(bits.length / 8) * 8, '0');
  return Buffer.from((full.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** @param from where the expression starts, without blanks before it */
export function expressionText(bytes: Buffer, from: number, to: number, forms: StringForms): ExpressionText {
  const parts: Buffer[] = [];
  /** What is no literal, in lower case and without blanks; ? stands for names, 0 for literals other than strings. */
  let others = '';
  let at = from;
  while (at < to) {
    const byte = bytes[at] as number;
    if (byte === quote || (byte === doubleQuote && !forms.ansiQuotes)) {
      const end = mysqlQuotedEnd(bytes, at, to, forms.backslashes);
      const prefix = /(?:^|[^a-z0-9_])([bx])$/.exec(others)?.[1];
      if (prefix !== undefined) others = `${others.slice(0, -1)}0`;
      parts.push(literalText(bytes, at + 1, end - 1, prefix, stringCodec(byte === doubleQuote, forms.backslashes)));
      at = end;
    } else if (byte === backquote || byte === doubleQuote) {
      others += '?';
      at = mysqlQuotedEnd(bytes, at, to, false);
    } else if (isNameByte(byte)) {
      let end = at + 1;
      while (end < to && isNameByte(bytes[end])) end += 1;
      const word = bytes.toString('latin1', at, end).toLowerCase();
      const digits = /^0x[0-9a-f]+$/.test(word);
      if (digits) parts.push(bytesOfHex(bytes, at + 2, end));
      others += digits ? '0' : word;
      at = end;
    } else {
      if (!isBlank(byte)) others += String.fromCharCode(byte);
      at += 1;
    }
  }
  const isWhole = /^(concat\(,*\))?$/.test(others);
  const joined = isWhole || others.includes('concat(');
  return { text: Buffer.concat(joined ? parts : parts.flatMap((part) => [part, blank])), isWhole };
}

function literalText(
  bytes: Buffer,
  from: number,
  to: number,
  prefix: string | undefined,
  codec: ReturnType<typeof stringCodec>,
): Buffer {
  if (prefix === 'x') return bytesOfHex(bytes, from, to);
  if (prefix === 'b') return bytesOfBits(bytes.toString('latin1', from, to));
  // The text is valid until the next call.
  return Buffer.from(textOf(bytes, from, to, codec));
}
