/** How AWS's protocols write what their models describe: forms of the query protocols, XML, and JSON. */
import { parseXML } from '@aws-sdk/xml-builder';
import type { Protocol, Reference, Shape } from './model.ts';
import { judgeJson, judgeText } from './values.ts';
import type { Wire } from './walk.ts';

type Element = Record<string, unknown>;

/** The one element of a document. AWS's own reader is no part of the lab. @throws Error for what is no XML */
export function readXml(text: string): { readonly root: string; readonly value: unknown; readonly namespace: string } {
  const [[root, value] = ['', '']] = Object.entries(parseXML(text) as Element);
  return { root, value, namespace: String((isObject(value) && value.xmlns) || '') };
}

/** The elements in an element, without namespaces; undefined for text, and for several elements of one name. */
export function elementsIn(value: unknown): Map<string, unknown> | undefined {
  if (value === '') return new Map();
  if (!isObject(value)) return undefined;
  return new Map(Object.entries(value).filter(([name]) => !/^xmlns(:|$)/.test(name)));
}

export const xmlWire: Wire = {
  nameOf: (member, reference, shape) => {
    const flattened = reference.flattened ?? shape.flattened;
    return (flattened ? shape.member?.locationName : undefined) ?? reference.locationName ?? member;
  },
  members: elementsIn,
  items: (value, list, flattened) =>
    flattened ? several(value) : onlyNamed(value, list.member?.locationName ?? 'member'),
  entries: (value, map, flattened) =>
    (flattened ? several(value) : onlyNamed(value, 'entry'))?.map((one) => {
      const pair = elementsIn(one);
      return [pair?.get(map.key?.locationName ?? 'key'), pair?.get(map.value?.locationName ?? 'value')] as const;
    }),
  timestamps: 'iso8601',
  single: (shape, format, value, path, findings) => {
    // An element may have an attribute beside its text.
    const text = isObject(value) && elementsIn(value)?.size === 1 && '#text' in value ? value['#text'] : value;
    judgeText(shape, format, text, path, findings);
  },
};

/** What is in an element that holds nothing but elements of one name. */
function onlyNamed(value: unknown, name: string): unknown[] | undefined {
  const elements = elementsIn(value);
  if (elements === undefined || [...elements.keys()].some((one) => one !== name)) return undefined;
  return elements.has(name) ? several(elements.get(name)) : [];
}

const several = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A form's fields, nested by the dots in their names. */
export function readForm(body: string): Map<string, unknown> {
  const root = new Map<string, unknown>();
  for (const [path, value] of new URLSearchParams(body)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = root;
    for (const name of names) {
      const next = at.get(name);
      if (!(next instanceof Map)) at.set(name, new Map());
      at = at.get(name) as Map<string, unknown>;
    }
    at.set(last, value);
  }
  return root;
}

/** EC2 writes names in its own way, and no level for the items of a list. */
export function formWire(protocol: Protocol): Wire {
  const ec2 = protocol === 'ec2';
  return {
    nameOf: (member, { queryName, locationName }) =>
      ec2 ? (queryName ?? capital(locationName ?? member)) : (locationName ?? member),
    members: (value) => (value instanceof Map ? value : undefined),
    items: (value, list, flattened) =>
      value === '' ? [] : numbered(ec2 || flattened ? value : within(value, list.member?.locationName ?? 'member')),
    entries: (value, map, flattened) =>
      numbered(flattened ? value : within(value, 'entry'))?.map(
        (one) =>
          [within(one, map.key?.locationName ?? 'key'), within(one, map.value?.locationName ?? 'value')] as const,
      ),
    timestamps: 'iso8601',
    single: judgeText,
  };
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const within = (value: unknown, name: string): unknown => (value instanceof Map ? value.get(name) : undefined);

/** Items are numbered from 1, without a gap. */
function numbered(value: unknown): unknown[] | undefined {
  if (!(value instanceof Map)) return undefined;
  const items = Array.from({ length: value.size }, (_, index) => value.get(String(index + 1)) as unknown);
  return items.includes(undefined) ? undefined : items;
}

export const jsonWire: Wire = {
  nameOf: (member, { locationName }: Reference) => locationName ?? member,
  members: (value) => (isObject(value) ? new Map(Object.entries(value)) : undefined),
  items: (value, _list: Shape) => (Array.isArray(value) ? value : undefined),
  entries: (value) => (isObject(value) ? Object.entries(value) : undefined),
  timestamps: 'unixTimestamp',
  single: judgeJson,
};

function isObject(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
