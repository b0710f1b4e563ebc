/** EC2's filters, compiled once per call: testing a record then costs a few comparisons, however big the region. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import { list, records } from './query.ts';

/** The field that each filter of a call tests. A list passes when one of its values does. */
export type Fields<T> = Readonly<Record<string, (one: T) => string | readonly string[] | undefined>>;

/** A record's tags, for calls whose filters may test them. */
type Tags<T> = (one: T) => Pick<ReadonlyMap<string, string>, 'get' | 'keys'>;

type Test = (value: string) => boolean;

/** `*` and `?` are wildcards; a backslash makes the next character literal. */
function pattern(value: string): RegExp {
  const source = value.replace(/\\(.)|([*?])|([^\\*?]+)/gs, (_all, escaped, wild, plain) => {
    if (wild) return wild === '*' ? '.*' : '.';
    return String(escaped ?? plain).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

function oneOf(wanted: readonly string[]): Test {
  const exact = new Set(wanted.filter((one) => !/[*?\\]/.test(one)));
  const patterns = wanted.filter((one) => /[*?\\]/.test(one)).map(pattern);
  if (patterns.length === 0) return (value) => exact.has(value);
  return (value) => exact.has(value) || patterns.some((one) => one.test(value));
}

function reader<T>(
  name: string,
  fields: Fields<T>,
  tags?: Tags<T>,
): (one: T) => string | readonly string[] | undefined {
  if (tags && name.startsWith('tag:')) {
    const key = name.slice(4);
    return (one) => tags(one).get(key);
  }
  if (tags && name === 'tag-key') return (one) => [...tags(one).keys()];
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field) throw new LabAwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return field;
}

/**
 * Compiles the filters of a call into a test that a record must pass.
 * @throws LabAwsError for a filter that the call does not have
 */
export function filter<T>(parameters: Parameters, fields: Fields<T>, tags?: Tags<T>): (one: T) => boolean {
  const tests = records(parameters.Filter).map((given) => {
    const read = reader(String(given.Name ?? ''), fields, tags);
    const test = oneOf(list(given, 'Value'));
    return (one: T): boolean => {
      const has = read(one);
      if (has === undefined) return false;
      return typeof has === 'string' ? test(has) : has.some(test);
    };
  });
  return (one) => tests.every((test) => test(one));
}
