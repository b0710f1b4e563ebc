/** Visits the texts of documents: names of fields, strings, code, binary data, regular expressions. A walk of its own, for the leak check. */
import type { FieldLike } from '../fields/field-tree.ts';
import { cstringEnd, documentEnd, stringEnd, types, valueEnd } from '../format/elements.ts';

export type TextKind = 'name' | 'text' | 'binary' | 'regex';

/** Called with the bounds of each text, in ascending order. */
export type VisitText = (field: FieldLike, kind: TextKind, start: number, end: number) => void;

export function eachText(root: FieldLike, bytes: Buffer, from: number, to: number, visit: VisitText): void {
  for (let at = from; at < to; at = documentEnd(bytes, at, to)) fields(root, bytes, at, to, false, visit);
}

function fields(place: FieldLike, bytes: Buffer, at: number, to: number, isArray: boolean, visit: VisitText): void {
  const last = documentEnd(bytes, at, to) - 1;
  const field = place.enter === undefined || isArray ? place : place.enter(bytes, at, to);
  for (let begin = at + 4; begin < last; ) {
    const type = bytes[begin] as number;
    const nameEnd = cstringEnd(bytes, begin + 1, last);
    const child = isArray ? field : field.child(bytes, begin + 1, nameEnd);
    if (!isArray) visit(child, 'name', begin + 1, nameEnd);
    const start = nameEnd + 1;
    const end = valueEnd(bytes, type, start, last);
    if (type === types.document || type === types.array) fields(child, bytes, start, end, type === types.array, visit);
    else value(child, bytes, type, start, end, visit);
    begin = end;
  }
}

function value(field: FieldLike, bytes: Buffer, type: number, start: number, end: number, visit: VisitText): void {
  switch (type) {
    case types.string:
    case types.symbol:
    case types.code:
      visit(field, 'text', start + 4, end - 1);
      break;
    case types.binary:
      visit(field, 'binary', start + 5, end);
      break;
    case types.regex:
      visit(field, 'regex', start, end);
      break;
    case types.dbPointer:
      visit(field, 'text', start + 4, end - 13);
      break;
    case types.codeWithScope: {
      const codeEnd = stringEnd(bytes, start + 4, end);
      visit(field, 'text', start + 8, codeEnd - 1);
      fields(field, bytes, codeEnd, end, false, visit);
    }
  }
}
