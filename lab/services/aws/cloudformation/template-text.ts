/** A template's text, YAML or JSON, as data with every function in its long form. */
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import { LabAwsError } from '../protocol/service.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The functions that a template may use in their short form. */
const functions = [
  ...['Ref', 'Condition', 'Sub', 'GetAtt', 'If', 'Equals', 'Join', 'Select', 'Split', 'Not', 'Or', 'And'],
  ...['Contains', 'FindInMap'],
];
const longName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

/** Reads the short forms (`!Ref x`) as the long ones. */
const tags: (ScalarTag | CollectionTag)[] = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [longName(name)]: text }) },
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (value: { toJSON(): unknown }) => ({ [longName(name)]: value.toJSON() }) as never,
  },
]);

type Sections = { readonly [section: string]: JsonObject };
let lastParsed: { readonly text: string; readonly sections: Sections } | undefined;

/**
 * Parses the text, which takes half a second for this repository's template, unless it is the same as last time.
 * @throws LabAwsError for a text that is no template
 */
export function parseTemplate(text: string): Sections {
  if (lastParsed?.text === text) return lastParsed.sections;
  let document: unknown;
  try {
    document = parse(text, { customTags: tags });
  } catch (error) {
    throw new LabAwsError(
      'ValidationError',
      `Template format error: YAML not well-formed. ${(error as Error).message}`,
    );
  }
  if (typeof document !== 'object' || document === null)
    throw new LabAwsError('ValidationError', 'Template format error: unsupported structure.');
  if (!('Resources' in document))
    throw new LabAwsError('ValidationError', 'Template format error: At least one Resources member must be defined.');
  lastParsed = { text, sections: document as Sections };
  return lastParsed.sections;
}

/** The names to which a node refers, by `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
export function referencesIn(node: Json): string[] {
  if (Array.isArray(node)) return node.flatMap(referencesIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'Ref') return [String(value)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(value) ? value[0] : String(value).split('.')[0])];
    if (key !== 'Fn::Sub') return referencesIn(value);
    const [text, own] = Array.isArray(value) ? value : [value, {}];
    const names = [...String(text).matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map((match) => (match[1] ?? '').trim());
    return [...names, ...referencesIn((own ?? {}) as Json)];
  });
}
