/** The engines that the commands know. */
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import type { Loader } from './loader.ts';
import { postgresLoader } from './postgres/loader.ts';

export const loaders: readonly Loader[] = [postgresLoader];

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
