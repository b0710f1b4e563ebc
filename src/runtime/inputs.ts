/**
 * One definition of an input (its name, type, default, description, rules) from which the parser, action.yml and the
 * README table come. Parsing names every mistake at once, before anything is touched.
 */
import { ConfigurationError } from './errors.ts';

/** What an input's text may be, and what it becomes. `parse` throws `Refused`, or a ConfigurationError of several problems. */
export interface InputDefinition<T> {
  readonly description: string;
  /** As written in action.yml; undefined when the input has none. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** Secrets are never quoted in an error. */
  readonly secret: boolean;
  /** What is allowed, for errors and the README: "a duration such as 90s, 2m or 1h30m, 10s to 1h". */
  readonly allowed: string;
  readonly parse: (text: string, textOf?: TextOf) => T;
}

/** The text of another input, or its default: what one may be can depend on another, such as the engine. */
export type TextOf = (name: string) => string;

export interface OutputDefinition {
  readonly description: string;
}

interface Common {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

function define<T>(
  common: Common & { secret?: boolean },
  allowed: string,
  parse: (text: string, textOf: TextOf) => T,
): InputDefinition<T> {
  const { description, default: preset, required = false, secret = false } = common;
  const others: TextOf = () => '';
  return {
    description,
    default: preset,
    required,
    secret,
    allowed,
    parse: (text, textOf = others) => parse(text, textOf),
  };
}

/** The text of an input is not allowed; the message completes "NAME: …", and is empty when the text itself says enough. */
export class Refused extends Error {}

/**
 * An input with a parser of its own.
 * @param parse throws `Refused`, or a ConfigurationError whose problems name the input themselves
 */
export function parsed<T>(
  options: Common & { allowed: string; secret?: boolean; parse: (text: string, textOf: TextOf) => T },
): InputDefinition<T> {
  return define(options, options.allowed, options.parse);
}

/** Any text; empty when not given and not required. */
export function text(
  options: Common & { pattern?: RegExp; allowed?: string; maxLength?: number; secret?: boolean },
): InputDefinition<string> {
  const { pattern, maxLength = 1024 } = options;
  return define(options, options.allowed ?? 'any text', (value) => {
    if (value.length > maxLength)
      throw new Refused(`is ${value.length} characters long, at most ${maxLength} are allowed`);
    if (value !== '' && pattern && !pattern.test(value)) throw new Refused('');
    return value;
  });
}

export function secret(options: Common & { pattern?: RegExp; allowed?: string }): InputDefinition<string> {
  return text({ ...options, secret: true, maxLength: 4096 });
}

/** One of some words. */
export function oneOf<const W extends string>(words: readonly W[], options: Common): InputDefinition<W> {
  return define(options, words.join(' or '), (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Refused('');
    return found;
  });
}

/** Strictly `true` or `false`: a truthy string is how `False` came to mean yes. */
export function boolean(options: Common & { default: 'true' | 'false' }): InputDefinition<boolean> {
  return define(options, 'true or false', (value) => {
    if (value !== 'true' && value !== 'false') throw new Refused('');
    return value === 'true';
  });
}

/** A whole number; undefined when not given. */
export function integer(options: Common & { default: string; min: number; max: number }): InputDefinition<number>;
export function integer(options: Common & { min: number; max: number }): InputDefinition<number | undefined>;
export function integer(options: Common & { min: number; max: number }): InputDefinition<number | undefined> {
  const { min, max } = options;
  return define(options, `a whole number, ${min} to ${max}`, (value) => {
    if (value === '') return undefined;
    const number = Number(value);
    if (!/^-?\d{1,15}$/.test(value) || number < min || number > max) throw new Refused('');
    return number;
  });
}

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of a text such as `90s`, `2m` or `1h30m`; undefined for another text. */
export function durationSeconds(text: string): number | undefined {
  if (!/^(\d{1,7}[dhms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0), 0);
}

/** A duration such as `90s`, `2m` or `1h30m`, as seconds. `min` and `max` are seconds. */
export function duration(options: Common & { default: string; min: number; max: number }): InputDefinition<number> {
  const { min, max } = options;
  return define(
    options,
    `a duration such as 90s, 2m or 1h30m, ${showDuration(min)} to ${showDuration(max)}`,
    (value) => {
      const seconds = durationSeconds(value);
      if (seconds === undefined || seconds < min || seconds > max) throw new Refused('');
      return seconds;
    },
  );
}

export function showDuration(seconds: number): string {
  let left = seconds;
  const parts = Object.entries(unitSeconds).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0s';
}

/** Lines of `key=value`. */
export function pairs(options: Common): InputDefinition<Readonly<Record<string, string>>> {
  return define({ default: '', ...options }, 'lines of key=value', (value) => {
    const result: Record<string, string> = {};
    for (const line of value.split('\n').map((one) => one.trim())) {
      if (line === '') continue;
      const at = line.indexOf('=');
      if (at < 1) throw new Refused(`has the line "${line}"`);
      result[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    return result;
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a record of definitions is of mixed types, recovered by Settings below.
type Definitions = Readonly<Record<string, InputDefinition<any>>>;

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** The parsed inputs by their names in code: `max-pause` becomes `maxPause`. Durations are seconds. */
export type Settings<D extends Definitions> = {
  readonly [K in keyof D & string as CamelCase<K>]: D[K] extends InputDefinition<infer T> ? T : never;
};

/** The settings that an action gets from its inputs. */
export type SettingsOf<I> = I extends Inputs<infer D> ? Settings<D> : never;

/** A rule over several inputs; each string it gives is a mistake. It sees only inputs that parsed. */
export type Rule<D extends Definitions> = (
  settings: Partial<Settings<D>>,
  /** Whether the input was given any text. */
  given: (name: keyof D & string) => boolean,
  /** Whether it was given another text than its default, which GitHub gives, too. */
  changed: (name: keyof D & string) => boolean,
) => readonly string[];

export interface Inputs<D extends Definitions> {
  readonly definitions: D;
  /**
   * @param read gives an input's text, empty when absent
   * @throws ConfigurationError that lists every mistake
   */
  parse(read: (name: string) => string): Settings<D>;
}

export function defineInputs<const D extends Definitions>(definitions: D, rules: readonly Rule<D>[] = []): Inputs<D> {
  const parse = (read: (name: string) => string): Settings<D> => {
    const problems: string[] = [];
    const settings: Record<string, unknown> = {};
    const textOf: TextOf = (name) => {
      const definition = definitions[name];
      return read(name).trim() || (definition ? fallback(definition) : '');
    };
    for (const [name, definition] of Object.entries(definitions)) {
      const result = parseInput(name, definition, read(name).trim(), textOf);
      if ('problems' in result) problems.push(...result.problems);
      else settings[camelCase(name)] = result.value;
    }
    const given = (name: string): boolean => read(name).trim() !== '';
    const changed = (name: string): boolean => given(name) && read(name).trim() !== definitions[name]?.default;
    for (const rule of rules) problems.push(...rule(settings as Partial<Settings<D>>, given, changed));
    if (problems.length === 0) return settings as Settings<D>;
    throw new ConfigurationError({
      what: `${problems.length === 1 ? 'one input is' : `${problems.length} inputs are`} wrong; nothing was done`,
      problems,
    });
  };
  return { definitions, parse };
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function parseInput(
  name: string,
  definition: InputDefinition<unknown>,
  given: string,
  textOf: TextOf,
): { readonly value: unknown } | { readonly problems: readonly string[] } {
  if (given.startsWith('${{') && given.endsWith('}}'))
    return { problems: [`${name}: it is an expression that GitHub did not evaluate; allowed: ${definition.allowed}`] };
  const text = given === '' ? fallback(definition) : given;
  if (text === '' && definition.required)
    return { problems: [`${name}: it is required; allowed: ${definition.allowed}`] };
  try {
    return { value: definition.parse(text, textOf) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: error.problems };
    if (!(error instanceof Refused)) throw error;
    const shown = definition.secret ? 'the value given (not shown)' : `"${text}"`;
    const what = error.message === '' ? `${shown} is not allowed` : error.message;
    return { problems: [`${name}: ${what}; allowed: ${definition.allowed}`] };
  }
}

/**
 * What an empty input means: the default where that is a literal. A default that is an expression is GitHub's to evaluate, and
 * only GitHub can; then an empty input is one that is not given.
 */
function fallback({ default: preset = '' }: InputDefinition<unknown>): string {
  return preset.startsWith('${{') ? '' : preset;
}

/** At most one of these may be given. */
export function exclusive<D extends Definitions>(...names: (keyof D & string)[]): Rule<D> {
  return (_settings, given) => {
    const several = names.filter(given);
    return several.length > 1
      ? [`${several.join(', ')}: only one of these may be given; allowed: one of them, or none`]
      : [];
  };
}
