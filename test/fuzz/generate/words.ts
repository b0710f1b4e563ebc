/** Words that occur nowhere by chance: a first letter that an escape might swallow, and six that mark the secret. */

const letters = 'ghjklmnpqrstvwxz';
/** First letters of which many form an escape with a backslash before them, or are hexadecimal digits. */
const firsts = 'nqtrbfvxuaesdkmzNTRX';

/** The six letters: a different word for each number below 2^24. */
export function coreOf(number: number): string {
  let rest = Math.imul(number + 1, 0x9e3779) & 0xffffff;
  let core = '';
  for (let index = 0; index < 6; index += 1) {
    core += letters[rest & 15];
    rest >>>= 4;
  }
  return core;
}

export function wordOf(number: number): string {
  return `${firsts[number % firsts.length]}${coreOf(number)}`;
}
