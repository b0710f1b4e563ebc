/**
 * The few instructions of WebAssembly that are needed where vectors make a loop over bytes several times as fast as
 * JavaScript. There is no compiler at hand when this is built, so that functions are put together here (WebAssembly core
 * specification, chapter 5).
 */

export type Code = readonly number[];

/** A number in the variable length of the binary format (5.2.2). */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function positive(value: number): Code {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...positive(value >>> 7)];
}

/** An instruction of vectors. */
export const vector = (instruction: number, ...operands: number[]): Code => [
  0xfd,
  ...unsigned(instruction),
  ...operands,
];
export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];
/** A number that is not negative. The bit below the highest of its last byte would be its sign. */
export const constant = (value: number): Code => [0x41, ...positive(value)];
/** @param bytes sixteen */
export const constantVector = (bytes: Code): Code => vector(12, ...bytes);
export const loadVector = (address: Code, position: number): Code => [
  ...address,
  ...vector(0, 0, ...unsigned(position)),
];
/** Each of the bits of either. */
export const ored = (one: Code, other: Code): Code => [...one, ...other, ...vector(80)];

/** The bits that both have. */
export const anded = (one: Code, other: Code): Code => [...one, ...other, ...vector(78)];

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

/** Declared here since TypeScript knows it only together with a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly f: (...parameters: number[]) => number;
      readonly m: { readonly buffer: ArrayBuffer };
    };
  };
};

export interface Definition {
  /** How many numbers it takes. */
  readonly parameters: number;
  /** Locals behind the parameters: so many numbers, then so many vectors. */
  readonly numbers: number;
  readonly vectors: number;
  /** Leaves one number as the result. */
  readonly code: Code;
  /** Size of the memory, in 64 KiB. */
  readonly pages: number;
}

export function define({ parameters, numbers, vectors, code, pages }: Definition): {
  readonly call: (...parameters: number[]) => number;
  readonly memory: ArrayBuffer;
} {
  const number = 0x7f;
  const body = [2, numbers, number, vectors, 0x7b, ...code, 0x0b];
  const module = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters, ...Array(parameters).fill(number), 1, number]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    // Function and memory are exported as f and m.
    ...section(7, [2, 1, 0x66, 0, 0, 1, 0x6d, 2, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
  const { f, m } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
  return { call: f, memory: m.buffer };
}
