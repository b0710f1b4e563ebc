/** Errors on their way from one thread to another. */
import { BackupError, ConfigurationError } from '../../runtime/errors.ts';
import { DumpError } from '../format/dump-error.ts';
import type { SentError } from './messages.ts';

const classes = [DumpError, BackupError, ConfigurationError];

export function send(error: unknown): SentError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const fields = error instanceof Error ? Object.fromEntries(Object.entries(error)) : {};
  return { name, message, stack, fields };
}

/** The error as it was thrown: of the same class, with the same fields. */
export function received({ name, message, stack, fields }: SentError): Error {
  const type = classes.find((one) => one.name === name) ?? Error;
  const error = Object.create(type.prototype) as Error;
  for (const [key, value] of Object.entries({ message, stack }))
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
  return Object.assign(error, fields);
}
