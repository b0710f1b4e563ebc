/** Addresses under example.com made of a keyed hash: equal for equal input, and distinct for different input. */
import { BackupError } from '../../../runtime/errors.ts';
import { writeBase32 } from '../../kernels/hash-text.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';

const word = Buffer.from('nobody-');
const domain = Buffer.from('@example.com');

/** Letters of the hash, 5 bits each. */
export const hashLetters = 16;
/** With this many letters (60 bits), addresses of different input count as distinct. */
const enoughLetters = 12;
/** More values than this stop the run where the column is too short for distinct addresses. */
const maxShort = 1_000_000;

/** Whether addresses of so many characters may be equal for different input, so that they have to be remembered. */
export function mayCollide(characters: number): boolean {
  return characters - domain.length < enoughLetters;
}

export class UniqueEmail {
  /** Bytes of each address. */
  readonly length: number;
  readonly #keyed: KeyedHash;
  readonly #letters: number;
  readonly #hasWord: boolean;
  /** The hash of the input by address; kept only where addresses are too short to differ for certain. */
  readonly #made = new Map<string, string>();

  readonly #place: string;

  /**
   * @param maxCharacters room in the column; where there is little, the word goes first, then letters of the hash
   * @param place the column, for errors: `shop.users.mail`
   */
  constructor(key: Uint8Array, maxCharacters: number, place = 'a column') {
    this.#place = place;
    this.#keyed = new KeyedHash(key, 'address');
    const room = maxCharacters - domain.length;
    this.#hasWord = room >= word.length + hashLetters;
    this.#letters = Math.min(hashLetters, Math.max(room, 1));
    this.length = (this.#hasWord ? word.length : 0) + this.#letters + domain.length;
  }

  /**
   * Writes the address for the input between `from` and `to`.
   * @throws BackupError when two inputs would get the same address
   */
  write(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
    const hash = this.#keyed.digest(bytes, from, to);
    if (this.#letters < enoughLetters) this.#checkDistinct(hash);
    let end = at;
    if (this.#hasWord) end = put(word, out, end);
    writeBase32(hash, this.#letters, out, end);
    put(domain, out, end + this.#letters);
  }

  #checkDistinct(hash: Uint32Array): void {
    const short = Buffer.alloc(this.#letters);
    writeBase32(hash, this.#letters, short, 0);
    const [email, input] = [short.toString('latin1'), hash.join('-')];
    const known = this.#made.get(email);
    if (known === input) return;
    if (known !== undefined || this.#made.size >= maxShort)
      throw new BackupError({
        what: `${this.#place} must stay unique, and has no room for ${(this.#made.size + 1).toLocaleString('en-US')} distinct addresses of ${this.length} characters`,
        fix: 'give it a rule (null, keep), or make it longer',
        code: 'not-unique',
      });
    this.#made.set(email, input);
  }
}

/** For a few bytes a loop is faster than a call. */
function put(text: Uint8Array, out: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index += 1) out[at + index] = text[index] as number;
  return at + text.length;
}
