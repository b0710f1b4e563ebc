/** What the URLs of all engines have in common, as inputs. */
import { ConfigurationError } from '../runtime/errors.ts';

export interface UrlInput {
  /** @throws ConfigurationError, whose text does not contain the URL: that holds a password */
  readonly wrong: (what: string) => never;
  /** A part of the URL. @throws ConfigurationError where it cannot be decoded */
  readonly decode: (text: string) => string;
}

/**
 * @param name the input, for errors
 * @param allowed a URL with its parts named
 */
export function urlInput(name: string, allowed: string): UrlInput {
  const wrong = (what: string): never => {
    throw new ConfigurationError({
      what: 'one input is wrong; nothing was done',
      problems: [`${name}: ${what}; allowed: ${allowed}`],
    });
  };
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return wrong('it contains a % that starts no escape sequence (write % in a password as %25)');
    }
  };
  return { wrong, decode };
}
