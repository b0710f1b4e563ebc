/**
 * BLAKE2s (RFC 7693): the compression of one block of 64 bytes. It is what rules for columns spend most time on, and so it
 * is WebAssembly, which has what the algorithm was made for: the state's rows are vectors of four words, on which the four
 * columns are worked at once. It takes half the time that JavaScript does.
 */
import { type Code, constant, define, get, loadVector, ored, set, unsigned, vector } from './webassembly.ts';

/** Square roots of the first primes, as for SHA-256 (RFC 7693, 2.6). */
export const initial: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** In which order each of the ten rounds takes the words of the block (RFC 7693, 2.7). */
const order = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const;

/** Where things stand in the memory of the module. */
const stateAt = 0;
const blockAt = 64;

const address = constant(0);
const at = (position: number): Code => unsigned(position);
const load = (position: number): Code => loadVector(address, position);
const store = (position: number, value: Code): Code => [...address, ...value, ...vector(11, 4, ...at(position))];
const words = (values: readonly number[]): Code => vector(12, ...new Uint8Array(Int32Array.from(values).buffer));
const shuffled = (value: Code, lanes: Code): Code => [...value, ...value, ...vector(13, ...lanes)];
const added = (one: Code, other: Code): Code => [...one, ...other, ...vector(174)];
const xored = (one: Code, other: Code): Code => [...one, ...other, ...vector(81)];
const shiftedLeft = (value: Code, bits: number): Code => [...value, ...constant(bits), ...vector(171)];
const shiftedRight = (value: Code, bits: number): Code => [...value, ...constant(bits), ...vector(173)];

// Locals: the two parameters, then the rows of the state and the words that are mixed in.
const [length, last, a, b, c, d, mixed] = [0, 1, 2, 3, 4, 5, 6];

/** Four words of the block, one for each column. */
function gathered(block: Code): Code {
  const [first = 0, ...others] = block.map((word) => blockAt + 4 * word);
  return [
    ...[...address, ...vector(92, 2, ...at(first)), ...set(mixed)],
    ...others.flatMap((position, lane) => [
      ...[...address, ...get(mixed), ...vector(86, 2, ...at(position), lane + 1), ...set(mixed)],
    ]),
  ];
}

/** Half of the function G, on four columns (3.1): whole bytes are rotated by moving them. */
function mix(block: Code, bytes: number, bits: number): Code {
  const lanes = Array.from({ length: 16 }, (_, index) => (index & 12) | ((index + bytes) & 3));
  return [
    ...gathered(block),
    ...[...added(added(get(a), get(b)), get(mixed)), ...set(a)],
    ...[...xored(get(d), get(a)), ...set(d), ...shuffled(get(d), lanes), ...set(d)],
    ...[...added(get(c), get(d)), ...set(c)],
    ...[...xored(get(b), get(c)), ...set(b)],
    ...[...ored(shiftedRight(get(b), bits), shiftedLeft(get(b), 32 - bits)), ...set(b)],
  ];
}

/** Moves the words of a row, so that its diagonals come to stand in columns, and back. */
function turn(row: number, by: number): Code {
  const lanes = Array.from({ length: 16 }, (_, index) => (index + 4 * by) & 15);
  return [...shuffled(get(row), lanes), ...set(row)];
}

function round(block: Code): Code {
  const every = (from: number): Code => [from, from + 2, from + 4, from + 6].map((index) => block[index] as number);
  return [
    ...[...mix(every(0), 2, 12), ...mix(every(1), 1, 7)],
    ...[...turn(b, 1), ...turn(c, 2), ...turn(d, 3)],
    ...[...mix(every(8), 2, 12), ...mix(every(9), 1, 7)],
    ...[...turn(b, 3), ...turn(c, 2), ...turn(d, 1)],
  ];
}

const code: Code = [
  ...[...load(stateAt), ...set(a), ...load(stateAt + 16), ...set(b), ...words(initial.slice(0, 4)), ...set(c)],
  // The length and the sign of the last block, in the first and the third word.
  ...[...words([0, 0, 0, 0]), ...get(length), ...vector(28, 0), ...get(last), ...vector(28, 2), ...set(d)],
  ...[...xored(get(d), words(initial.slice(4))), ...set(d)],
  ...order.flatMap(round),
  ...store(stateAt, xored(load(stateAt), xored(get(a), get(c)))),
  ...store(stateAt + 16, xored(load(stateAt + 16), xored(get(b), get(d)))),
  ...constant(0),
];

const { call, memory } = define({ parameters: 2, numbers: 0, vectors: 5, code, pages: 1 });

/** Eight words, changed by `compress`. WebAssembly has the lowest byte first, as have the machines this runs on. */
export const state = new Uint32Array(memory, stateAt, 8);
export const block = new Uint8Array(memory, blockAt, 64);

/**
 * Mixes the block into the state.
 * @param length bytes hashed so far, this block's included; below 2^32
 * @param last -1 for the last block, otherwise 0
 */
export const compress: (length: number, last: -1 | 0) => void = call;
