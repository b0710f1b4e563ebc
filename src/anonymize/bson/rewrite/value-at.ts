/** The value at a path of a document, as bytes that are equal for equal values. */
import { cstringEnd, documentEnd, types, valueEnd } from '../format/elements.ts';
import { numberText } from './values.ts';

/** @param path without arrays: `owner.id`. @returns undefined when the document has no such field */
export function valueAt(bytes: Buffer, at: number, to: number, path: string): Buffer | undefined {
  const dot = path.indexOf('.');
  const name = Buffer.from(dot < 0 ? path : path.slice(0, dot));
  const last = documentEnd(bytes, at, to) - 1;
  for (let begin = at + 4; begin < last; ) {
    const type = bytes[begin] as number;
    const nameEnd = cstringEnd(bytes, begin + 1, last);
    const end = valueEnd(bytes, type, nameEnd + 1, last);
    if (bytes.compare(name, 0, name.length, begin + 1, nameEnd) === 0) {
      if (dot < 0) return comparable(bytes, type, nameEnd + 1, end);
      return type === types.document ? valueAt(bytes, nameEnd + 1, end, path.slice(dot + 1)) : undefined;
    }
    begin = end;
  }
  return undefined;
}

/** Texts without their length, numbers as they are written: 5 and 5.0 are equal. */
function comparable(bytes: Buffer, type: number, start: number, end: number): Buffer {
  switch (type) {
    case types.string:
    case types.symbol:
      return bytes.subarray(start + 4, end - 1);
    case types.double:
    case types.int32:
    case types.int64:
    case types.decimal128:
      return Buffer.from(numberText(bytes, type, start), 'latin1');
    default:
      return bytes.subarray(start, end);
  }
}
