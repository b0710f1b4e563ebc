/** The elements at the top of a BSON document. */
import { cstringEnd, valueEnd } from '../../../../anonymize/bson/format/elements.ts';

export interface Element {
  readonly type: number;
  readonly name: string;
  /** Where its value begins, and ends. */
  readonly from: number;
  readonly to: number;
}

/** @throws MalformedBson */
export function* elementsOf(document: Buffer): Generator<Element> {
  let at = 4;
  const end = document.length - 1;
  while (at < end) {
    const type = document[at] as number;
    const nameEnd = cstringEnd(document, at + 1, end);
    const from = nameEnd + 1;
    const to = valueEnd(document, type, from, end);
    yield { type, name: document.toString('utf8', at + 1, nameEnd), from, to };
    at = to;
  }
}

/** The server puts `_id` first (MongoDB manual, Documents, Field Order); measurements of a time series may have none. */
export function idOf(document: Buffer): Pick<Element, 'type' | 'from' | 'to'> | undefined {
  // Of most documents its type is the fifth byte, and `_id` follows.
  const type = document[4] as number;
  if (document[5] === 95 && document[6] === 105 && document[7] === 100 && document[8] === 0)
    return { type, from: 9, to: valueEnd(document, type, 9, document.length - 1) };
  for (const element of elementsOf(document)) {
    if (element.name === '_id') return element;
    // Not first: an unusual document, of which all elements are looked at.
  }
  return undefined;
}
