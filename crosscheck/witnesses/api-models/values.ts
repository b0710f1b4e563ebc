/** Single values: written as their type is written in the protocol, and within what the model allows. */
import type { Findings } from './findings.ts';
import type { Shape, TimestampFormat } from './model.ts';

const texts: Readonly<Record<string, RegExp>> = {
  integer: /^-?\d+$/,
  long: /^-?\d+$/,
  double: /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/,
  float: /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/,
  boolean: /^(true|false)$/,
  // Base64.
  blob: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
};

const timestamps: Readonly<Record<TimestampFormat, RegExp>> = {
  iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  rfc822:
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/,
  unixTimestamp: /^\d+(\.\d+)?$/,
};

/** A value of a form, a header or XML, where all is text. */
export function judgeText(
  shape: Shape,
  format: TimestampFormat,
  value: unknown,
  path: string,
  findings: Findings,
): undefined {
  if (typeof value !== 'string') return findings.check(false, path, shape.type, value);
  if (shape.type === 'timestamp') {
    const right = timestamps[format].test(value) && (format === 'unixTimestamp' || !Number.isNaN(Date.parse(value)));
    return findings.check(right, path, `timestamp as ${format}`, value);
  }
  const written = texts[shape.type];
  if (written && !written.test(value)) return findings.check(false, path, shape.type, value);
  return judgeBounds(shape, shape.type === 'string' ? value : Number(value), path, findings);
}

/** A value of JSON, which has types of its own. */
export function judgeJson(
  shape: Shape,
  format: TimestampFormat,
  value: unknown,
  path: string,
  findings: Findings,
): undefined {
  const types: Readonly<Record<string, string>> = { string: 'string', boolean: 'boolean', blob: 'string' };
  const isTime = shape.type === 'timestamp';
  const type = isTime && format !== 'unixTimestamp' ? 'string' : (types[shape.type] ?? 'number');
  const whole = !['integer', 'long'].includes(shape.type) || Number.isInteger(value);
  if (typeof value !== type || !whole)
    return findings.check(false, path, isTime ? `timestamp as ${format}` : shape.type, value);
  // Seconds, not milliseconds: 9999-12-31 is the last that has four digits of a year.
  if (isTime && typeof value === 'number')
    return findings.check(value < 253402300800, path, 'seconds since 1970', value);
  return judgeBounds(shape, value as string | number, path, findings);
}

function judgeBounds(shape: Shape, value: string | number, path: string, findings: Findings): undefined {
  if (shape.enum)
    return findings.check(shape.enum.includes(String(value)), path, `one of ${shape.enum.join(', ')}`, value);
  const pattern = typeof value === 'string' && shape.pattern ? patternOf(shape.pattern) : undefined;
  if (pattern && !pattern.test(String(value))) return findings.check(false, path, `matches ${shape.pattern}`, value);
  if (shape.type === 'blob' || shape.type === 'boolean') return findings.check(true, path, shape.type, value);
  return judgeSize(shape, typeof value === 'string' ? [...value].length : value, path, findings);
}

/** A length, a count of items, or a number. */
export function judgeSize({ min, max }: Shape, size: number, path: string, findings: Findings): undefined {
  const within = size >= (min ?? Number.NEGATIVE_INFINITY) && size <= (max ?? Number.POSITIVE_INFINITY);
  findings.check(within, path, `between ${min ?? 'any'} and ${max ?? 'any'}`, size);
}

const patterns = new Map<string, RegExp | undefined>();

/** The models' patterns are Java's; the few that JavaScript cannot read are not judged. */
function patternOf(source: string): RegExp | undefined {
  if (!patterns.has(source)) patterns.set(source, compiled(source, 'u') ?? compiled(source, ''));
  return patterns.get(source);
}

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
