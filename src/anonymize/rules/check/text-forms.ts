/**
 * Whether a type of PostgreSQL or MySQL takes a text as a value. Sources: the chapter "Data Types" of both manuals. What is not surely
 * refused counts as taken, and types of extensions as `unknown`.
 */
import { isIP } from 'node:net';
import type { ColumnType } from '../../schema/types.ts';
import { isDateOrTime } from './date-forms.ts';

export type Fit = 'fits' | 'refused' | 'unknown';

type Form = (text: string, type: ColumnType) => boolean;

const integers: Readonly<Record<string, number>> = {
  tinyint: 7,
  smallint: 15,
  int2: 15,
  smallserial: 15,
  serial2: 15,
  mediumint: 23,
  integer: 31,
  int: 31,
  int4: 31,
  serial: 31,
  serial4: 31,
  bigint: 63,
  int8: 63,
  bigserial: 63,
  serial8: 63,
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const special = /^([+-]?(inf|infinity)|nan)$/i;

const isInteger: Form = (text, type) => {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) return false;
  const bits = integers[typeName(type)] ?? 63;
  const value = BigInt(text.trim().replace(/^\+/, ''));
  if (/\bunsigned\b/i.test(type.underlying)) return value >= 0n && value < 1n << BigInt(bits + 1);
  return value >= -(1n << BigInt(bits)) && value < 1n << BigInt(bits);
};

const isNumeric: Form = (text, type) => {
  const trimmed = text.trim();
  if (special.test(trimmed)) return !/inf/i.test(trimmed) || lengthsOf(type).length === 0;
  if (!decimal.test(trimmed)) return false;
  const [precision, scale = 0] = lengthsOf(type);
  if (precision === undefined) return true;
  const rounded = Number(Number(trimmed).toFixed(Math.max(0, Math.min(scale, 20))));
  return Math.abs(rounded) < 10 ** (precision - scale);
};

const isFloat =
  (largest: number): Form =>
  (text) =>
    special.test(text.trim()) || (decimal.test(text.trim()) && Math.abs(Number(text)) <= largest);

const isDate: Form = (text) => isDateOrTime(text, 'day');
const isTime: Form = (text) => isDateOrTime(text, 'time');

const isJson: Form = (text, type) => {
  try {
    JSON.parse(text);
    // A zero character is no text of the server's.
    return typeName(type) !== 'jsonb' || !/(^|[^\\])(\\\\)*\\u0000/.test(text);
  } catch {
    return false;
  }
};

/** @param most bits of the mask for IPv4 and IPv6 */
const isAddress: Form = (text, type) => {
  const [address = '', mask, more] = text.trim().split('/');
  const version = isIP(address);
  if (more !== undefined || version === 0) return false;
  const most = version === 4 ? 32 : 128;
  if (mask !== undefined && (!/^\d{1,3}$/.test(mask) || Number(mask) > most)) return false;
  if (typeName(type) !== 'cidr' || version === 6 || mask === undefined) return true;
  const bits = address.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  return bits % 2 ** (32 - Number(mask)) === 0;
};

const hexDigits =
  (count: number): Form =>
  (text) =>
    new RegExp(`^[\\da-f]{${count}}$`, 'i').test(text.replace(/[:.-]/g, ''));

const isBits: Form = (text, type) => {
  const digits = text.replace(/^b/i, '');
  const [length] = lengthsOf(type);
  if (!/^[01]*$/.test(digits)) return false;
  if (/varying|varbit/i.test(type.underlying)) return length === undefined || digits.length <= length;
  return digits.length === (length ?? 1);
};

const isBytes: Form = (text) =>
  text.startsWith('\\x') ? /^\\x(\s*[\da-f]{2})*\s*$/i.test(text) : /^([^\\]|\\\\|\\[0-3][0-7]{2})*$/.test(text);

/** Whether tags are closed in their order; text around them is allowed, as in the server's own reading of CONTENT. */
const isXml: Form = (text) => {
  const open: string[] = [];
  const bare = text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/g, '');
  for (const [, close, name, own] of bare.matchAll(/<(\/?)([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (own) continue;
    if (!close) open.push(name as string);
    else if (open.pop() !== name) return false;
  }
  const left = bare.replace(/<\/?[A-Za-z_][\w:.-]*(?:\s[^<>]*?)?\/?>/g, '');
  return open.length === 0 && !left.includes('<') && !/&(?!(#\d+|#x[\da-f]+|[A-Za-z]\w*);)/i.test(left);
};

const number = String.raw`\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*`;
const isPoint: Form = (text) => new RegExp(`^\\s*(\\(${number},${number}\\)|${number},${number})\\s*$`, 'i').test(text);
const word = String.raw`("([^"\\]|\\.)*"|[^\s",=>]+)`;
const isHstore: Form = (text) => new RegExp(`^\\s*(${word}\\s*=>\\s*${word}\\s*(,\\s*|$))*$`).test(text);
const hasDigit: Form = (text) => /\d/.test(text);

const forms: Readonly<Record<string, Form>> = {
  numeric: isNumeric,
  decimal: isNumeric,
  dec: isNumeric,
  real: isFloat(3.4028235e38),
  float4: isFloat(3.4028235e38),
  float: isFloat(Number.MAX_VALUE),
  float8: isFloat(Number.MAX_VALUE),
  double: isFloat(Number.MAX_VALUE),
  'double precision': isFloat(Number.MAX_VALUE),
  money: (text) => /^[-(]?\$?[\d,]+(\.\d*)?\)?$/.test(text.trim()),
  boolean: (text) => /^(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)$/i.test(text.trim()),
  bool: (text) => /^(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)$/i.test(text.trim()),
  date: isDate,
  timestamp: isDate,
  timestamptz: isDate,
  datetime: isDate,
  time: isTime,
  timetz: isTime,
  interval: (text, type) => hasDigit(text, type) || /^[+-]?infinity$/i.test(text),
  uuid: (text) => /^([\da-f]{4}-?){7}[\da-f]{4}$/i.test(text.replace(/^\{(.*)\}$/, '$1')),
  bytea: isBytes,
  inet: isAddress,
  cidr: isAddress,
  macaddr: hexDigits(12),
  macaddr8: (text, type) => hexDigits(12)(text, type) || hexDigits(16)(text, type),
  bit: isBits,
  'bit varying': isBits,
  varbit: isBits,
  xml: isXml,
  point: isPoint,
  hstore: isHstore,
  oid: (text) => /^\s*-?\d{1,10}\s*$/.test(text),
  year: (text) => /^\d{4}$/.test(text),
  ltree: (text) => /^([\w-]+(\.[\w-]+)*)?$/.test(text),
};

/** Types whose values are any text. */
const anyText =
  /^(text|character varying|varchar|character|char|"char"|nchar|bpchar|name|citext|national .*|(tiny|medium|long)?text|(var)?binary|(tiny|medium|long)?blob)$/;
/** Types of PostgreSQL that need digits: geometry, positions, transactions. */
const withDigits = /^(line|lseg|box|path|polygon|circle|tid|xid8?|pg_lsn|pg_snapshot|txid_snapshot)$/;

/** @param type no array, composite type or enumeration */
export function fitsType(text: string, type: ColumnType): Fit {
  const name = typeName(type);
  // MariaDB's JSON is a text with a CHECK.
  if (type.base === 'json') return isJson(text, type) ? 'fits' : 'refused';
  const form = integers[name] === undefined ? forms[name] : isInteger;
  if (form !== undefined) return form(text, type) ? 'fits' : 'refused';
  if (anyText.test(name)) return 'fits';
  return withDigits.test(name) && !hasDigit(text, type) ? 'refused' : 'unknown';
}

/** The name of a type without its schema, length and zone: `character varying`, `timestamp`. */
export function typeName({ underlying }: ColumnType): string {
  return underlying
    .replace(/\([^)]*\)/g, ' ')
    .replace(/\b(with|without) time zone\b|\b(unsigned|zerofill)\b|\b(character set|collate|charset)\s+\S+/gi, ' ')
    .replace(/^\s*(?:pg_catalog|public|extensions)\s*\.\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The numbers in the type's parentheses. */
function lengthsOf({ underlying }: ColumnType): number[] {
  const inside = /\(([^)]*)\)/.exec(underlying)?.[1];
  return inside === undefined ? [] : inside.split(',').map(Number);
}
