/** The engines that the commands know. */
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import type { Loader } from './loader.ts';
import { mongoLoader } from './mongodb/loader.ts';
import { mysqlLoader } from './mysql/loader.ts';
import { postgresLoader } from './postgres/loader.ts';

export const loaders: readonly Loader[] = [postgresLoader, mysqlLoader, mongoLoader];

/** The forms of URLs that are allowed. */
export const urlForms: string = loaders.map(({ urlForm }) => urlForm).join(', ');

/**
 * The engine of a URL.
 * @param setting where the URL comes from, for errors
 * @throws ConfigurationError for a URL of no engine
 */
export function loaderOf(url: string, setting: string): Loader {
  const loader = loaders.find(({ scheme }) => scheme.test(url));
  if (loader) return loader;
  throw new ConfigurationError({
    what: 'one input is wrong; nothing was done',
    problems: [`${setting}: the value given (not shown) is not a URL of a database; allowed: ${urlForms}`],
  });
}

/** The engine whose anonymised files are named so. */
export function loaderOfFile(name: string): Loader | undefined {
  return loaders.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
}

/** What is wrong with options that choose a part of a dump. @param url undefined for none, or a wrong one */
export function problemsOfChoices(
  url: string | undefined,
  given: { readonly only?: string | undefined; readonly users?: boolean | undefined },
): readonly string[] {
  const loader = loaders.find(({ scheme }) => scheme.test(url ?? ''));
  if (loader === undefined) return [];
  return (['only', 'users'] as const)
    .filter((name) => given[name] !== undefined && given[name] !== false && !loader.choices.includes(name))
    .map((name) => {
      const allowed = loaders.filter(({ choices }) => choices.includes(name)).map(({ product }) => product);
      return `--${name}: a dump of ${loader.product} has no such part; allowed for ${allowed.join(', ')}`;
    });
}
