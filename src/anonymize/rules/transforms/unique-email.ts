/** Addresses made of a keyed hash: equal for equal input, and distinct for different input. */
import { BackupError } from '../../../runtime/errors.ts';
import { writeBase32, writeHex } from '../../kernels/hash-text.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { type AddressForm, alphabets, lengthOf } from '../addresses/form.ts';

/** With this many bits, addresses of different input count as distinct. */
const enoughBits = 60;
/** More values than this stop the run where the column is too short for distinct addresses. */
const maxShort = 1_000_000;

/** Making one takes longer than many hashes, and forms are tried by the hundred. */
const hashes = new WeakMap<Uint8Array, KeyedHash>();

function keyedHash(key: Uint8Array): KeyedHash {
  const known = hashes.get(key) ?? new KeyedHash(key, 'address');
  hashes.set(key, known);
  return known;
}

/** Whether addresses of this form may be equal for different input, so that they have to be remembered. */
export function mayCollide({ letters, alphabet }: AddressForm): boolean {
  return letters > 0 && letters * alphabets[alphabet].bits < enoughBits;
}

export class UniqueEmail {
  /** Bytes of each address. */
  readonly length: number;
  readonly #keyed: KeyedHash;
  readonly #form: AddressForm;
  readonly #before: Buffer;
  readonly #after: Buffer;
  readonly #mayCollide: boolean;
  /** The hash of the input by address; kept only where addresses are too short to differ for certain. */
  readonly #made = new Map<string, string>();

  readonly #place: string;

  /** @param place the column, for errors: `shop.users.mail` */
  constructor(key: Uint8Array, form: AddressForm, place = 'a column') {
    this.#place = place;
    this.#keyed = keyedHash(key);
    this.#form = form;
    this.#before = Buffer.from(form.before);
    this.#after = Buffer.from(form.after);
    this.#mayCollide = mayCollide(form);
    this.length = lengthOf(form);
  }

  /**
   * Writes the address for the input between `from` and `to`.
   * @throws BackupError when two inputs would get the same address
   */
  write(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
    const end = put(this.#before, out, at);
    if (this.#form.letters > 0) {
      const hash = this.#keyed.digest(bytes, from, to);
      writeLetters(hash, this.#form, out, end);
      if (this.#mayCollide) this.#checkDistinct(hash, out, end);
    }
    put(this.#after, out, end + this.#form.letters);
  }

  #checkDistinct(hash: Uint32Array, out: Uint8Array, at: number): void {
    const email = Buffer.from(out.subarray(at, at + this.#form.letters)).toString('latin1');
    const input = hash.join('-');
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

/** Lower-case digits of a hexadecimal hash have these codes at least. */
const hexLetter = 0x61;

/** Writes letters of the hash in the alphabet of the form. */
function writeLetters(hash: Uint32Array, { letters, alphabet }: AddressForm, out: Uint8Array, at: number): void {
  if (alphabet === 'base32' || alphabet === 'BASE32') writeBase32(hash, letters, out, at);
  else writeHex(hash, letters, out, at);
  if (alphabet === 'base32') return;
  const { characters } = alphabets[alphabet];
  for (let index = at; index < at + letters; index += 1) {
    const code = out[index] as number;
    if (alphabet === 'BASE32') out[index] = code >= hexLetter ? code - 0x20 : code;
    else
      out[index] = characters.charCodeAt((code >= hexLetter ? code - hexLetter + 10 : code - 0x30) % characters.length);
  }
}

/** For a few bytes a loop is faster than a call. */
function put(text: Uint8Array, out: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index += 1) out[at + index] = text[index] as number;
  return at + text.length;
}
