/** AWS's errors that say: there is none. */
import { AwsError } from '../../../runtime/errors.ts';

/** Undefined for the error codes that say "there is none". */
export async function absent<T>(codes: readonly string[], call: () => Promise<T>, words = /./): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsError && codes.includes(error.code) && words.test(error.what)) return undefined;
    throw error;
  }
}
