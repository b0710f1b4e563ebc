/** Writes a value by the rule of its field. It keeps its BSON type wherever the rule has a meaning for that type. */
import { Decimal128 } from 'bson';
import { Arena } from '../../bytes/arena.ts';
import type { FieldPlan } from '../fields/field-tree.ts';
import type { Kind } from '../fields/transforms.ts';
import { int32At, types } from '../format/elements.ts';

/** What became of a value: its new type; it stays; or the rule is not for its type, and it becomes null. */
export type Written = number | 'stays' | 'unsuited';

const scratch = new Arena();

/**
 * @param start where the value begins, and `end` where it ends, in `bytes`
 * @param by the text of the value that the rule goes by, where it names a field
 * @param out gets the new value, without type and name
 */
export function writeValue(
  plan: FieldPlan,
  bytes: Buffer,
  type: number,
  start: number,
  end: number,
  by: Buffer | undefined,
  out: Arena,
): Written {
  const { rule } = plan;
  if (type === types.null || type === types.undefined || type === types.minKey || type === types.maxKey) return 'stays';
  if (rule.kind === 'null') return types.null;
  if (rule.kind === 'fixed') return writeFixed(rule.text, type, out);
  switch (type) {
    case types.string:
    case types.symbol:
    case types.code:
      return writeText(plan, bytes, type, start + 4, end - 1, by, out);
    case types.double:
    case types.int32:
    case types.int64:
    case types.decimal128:
      return writeNumber(plan, bytes, type, start, by, out);
    case types.date:
      return rule.kind === 'shift-days' ? writeDate(plan, bytes, start, by, out) : 'unsuited';
    case types.objectId:
      return rule.kind === 'hash' || rule.kind === 'pseudonym'
        ? writeId(plan, bytes, type, start, end, out)
        : 'unsuited';
    case types.binary:
      return writeBinary(plan, bytes, start, end, out);
    default:
      return 'unsuited';
  }
}

function transformed(
  plan: FieldPlan,
  kind: Kind,
  text: Buffer,
  from: number,
  to: number,
  by: Buffer | undefined,
): boolean {
  scratch.clear();
  return plan.transform(kind)(text, from, to, scratch, by) !== 'null';
}

function writeText(
  plan: FieldPlan,
  bytes: Buffer,
  type: number,
  from: number,
  to: number,
  by: Buffer | undefined,
  out: Arena,
): Written {
  if (!transformed(plan, 'text', bytes, from, to, by)) return types.null;
  putString(scratch.bytes, scratch.begin, scratch.end, out);
  return type;
}

/** A string with its length before it and a zero behind. */
export function putString(text: Buffer, from: number, to: number, out: Arena): void {
  putInt32(to - from + 1, out);
  out.append(text, from, to);
  out.byte(0);
}

export function putInt32(value: number, out: Arena): void {
  out.reserve(4).writeInt32LE(value, out.end);
  out.end += 4;
}

const ofText = (text: string): Buffer => Buffer.from(text, 'latin1');

/** The number as it is written. */
export function numberText(bytes: Buffer, type: number, at: number): string {
  switch (type) {
    case types.double:
      return String(bytes.readDoubleLE(at));
    case types.int32:
      return String(int32At(bytes, at));
    case types.int64:
      return String(bytes.readBigInt64LE(at));
    default:
      return new Decimal128(bytes.subarray(at, at + 16)).toString();
  }
}

function writeNumber(
  plan: FieldPlan,
  bytes: Buffer,
  type: number,
  at: number,
  by: Buffer | undefined,
  out: Arena,
): Written {
  const { kind } = plan.rule;
  const text = numberText(bytes, type, at);
  if (kind === 'mask') return putNumber('0', type, out);
  if (kind === 'noise') {
    if (!/^-?[\d.]+(e[+-]?\d+)?$/i.test(text)) return 'stays';
    const isWhole = type === types.int32 || type === types.int64;
    transformed(
      plan,
      isWhole ? (type === types.int32 ? 'int32' : 'int64') : 'decimal',
      ofText(text),
      0,
      text.length,
      by,
    );
  } else if (kind === 'pseudonym' && /^-?\d+$/.test(text) && text.replace('-', '').length <= 19) {
    const isLarge = type === types.double && Math.abs(Number(text)) >= 2 ** 31;
    transformed(plan, isLarge ? 'large' : 'int64', ofText(text), 0, text.length, by);
  } else return 'unsuited';
  return putNumber(scratch.text().toString('latin1'), type, out);
}

const limits = new Map<number, readonly [bigint, bigint]>([
  [types.int32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [types.int64, [-(2n ** 63n), 2n ** 63n - 1n]],
]);

/** Writes a number of this type. @returns the type */
function putNumber(text: string, type: number, out: Arena): number {
  const bytes = out.reserve(16);
  if (type === types.double) bytes.writeDoubleLE(Number(text), out.end);
  else if (type === types.decimal128) bytes.set(Decimal128.fromStringWithRounding(text).bytes, out.end);
  else {
    const [least, most] = limits.get(type) as readonly [bigint, bigint];
    const whole = BigInt(/^-?\d+/.exec(text)?.[0] ?? '0');
    const value = whole < least ? least : whole > most ? most : whole;
    if (type === types.int32) bytes.writeInt32LE(Number(value), out.end);
    else bytes.writeBigInt64LE(value, out.end);
  }
  out.end += type === types.decimal128 ? 16 : type === types.int32 ? 4 : 8;
  return type;
}

/** Numbers, booleans and dates keep their type where the text is one; everything else becomes a string. */
function writeFixed(text: string, type: number, out: Arena): Written {
  const isNumber = type === types.double || type === types.int32 || type === types.int64 || type === types.decimal128;
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return putNumber(text, type, out);
  if (type === types.boolean && (text === 'true' || text === 'false')) {
    out.byte(text === 'true' ? 1 : 0);
    return type;
  }
  if (type === types.date && /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)))
    return putDate(Date.parse(text), out);
  const bytes = Buffer.from(text);
  putString(bytes, 0, bytes.length, out);
  return type === types.symbol ? type : types.string;
}

function putDate(milliseconds: number, out: Arena): number {
  out.reserve(8).writeBigInt64LE(BigInt(milliseconds), out.end);
  out.end += 8;
  return types.date;
}

/** Dates outside the years 0 to 9999 have no ordinary form; they become null like values of other types. */
function writeDate(plan: FieldPlan, bytes: Buffer, at: number, by: Buffer | undefined, out: Arena): Written {
  const date = new Date(Number(bytes.readBigInt64LE(at)));
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  if (text.length !== 24) return 'unsuited';
  transformed(plan, 'date', ofText(text), 0, text.length, by);
  return putDate(Date.parse(scratch.text().toString('latin1')), out);
}

/** An ObjectId of the digits of a hash. */
function writeId(plan: FieldPlan, bytes: Buffer, type: number, start: number, end: number, out: Arena): Written {
  const id = uuidOf(plan, bytes, start, end);
  out.append(id, 0, 12);
  return type;
}

function uuidOf(plan: FieldPlan, bytes: Buffer, from: number, to: number): Buffer {
  transformed(plan, 'uuid', bytes, from, to, undefined);
  return Buffer.from(scratch.text().toString('latin1').replaceAll('-', ''), 'hex');
}

/** UUIDs stay UUIDs; under `hash`, other bytes become those of a hash. */
function writeBinary(plan: FieldPlan, bytes: Buffer, start: number, end: number, out: Arena): Written {
  const { kind } = plan.rule;
  const subtype = bytes[start + 4] as number;
  const isUuid = (subtype === 3 || subtype === 4) && end - start === 5 + 16;
  if (isUuid && (kind === 'hash' || kind === 'pseudonym')) {
    const id = uuidOf(plan, bytes, start + 5, end);
    out.append(bytes, start, start + 5);
    out.append(id, 0, 16);
    return types.binary;
  }
  if (kind !== 'hash' || !(subtype === 0 || subtype >= 0x80)) return 'unsuited';
  transformed(plan, 'bytes', bytes, start + 5, end, undefined);
  const hash = Buffer.from(scratch.text().toString('latin1', 2), 'hex');
  putInt32(hash.length, out);
  out.byte(subtype);
  out.append(hash, 0, hash.length);
  return types.binary;
}
