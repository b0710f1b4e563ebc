/** EC2's filters, read once per call: testing a record then costs a few comparisons, whatever the region holds. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';
import { list, records } from './query.ts';

/** What each filter of a call looks at. A list passes when one of its values does. */
export type Fields<T> = Readonly<Record<string, (one: T) => string | readonly string[] | undefined>>;

/** Where a record's tags are, for calls whose filters may look at them. */
type Tags<T> = (one: T) => Pick<ReadonlyMap<string, string>, 'get' | 'keys'>;

type Test = (value: string) => boolean;

/** `*` and `?` are wildcards, a backslash takes the next character as it is. */
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
 * Whether a record passes every filter of the call.
 * @throws LabAwsError for a filter that EC2 does not know for this call
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
