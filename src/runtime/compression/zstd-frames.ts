/**
 * Cuts a file of Zstandard (RFC 8878, 3.1) into its frames. Node's own stream stops after the first frame without an error
 * (nodejs/node 59899), so the ends of frames are found here, from the headers of frames and blocks.
 */

const magic = 0xfd2fb528;
const skippable = 0x184d2a50;

/** What is wrong with a file. */
export class FrameError extends Error {}

/** Whether bytes begin with a frame, or with one to skip, as files of pzstd do. */
export function isZstd(head: Buffer): boolean {
  if (head.length < 4) return false;
  const number = head.readUInt32LE(0);
  return number === magic || isSkippable(number);
}

function isSkippable(number: number): boolean {
  return (number & 0xfffffff0) >>> 0 === skippable;
}

export interface FrameHeader {
  /** Bytes of what the frame holds; undefined where it does not say. */
  readonly content: number | undefined;
  /** Bytes of content that its reader must keep. */
  readonly window: number;
  /** Of the dictionary it was compressed with; 0 for none, or for one that it does not name. */
  readonly dictionary: number;
  readonly checksum: boolean;
}

/** Bytes of a frame that follow one another. */
export interface Piece {
  /** The same object for all pieces of a frame. */
  readonly header: FrameHeader;
  readonly bytes: Buffer;
  /** Whether it is the frame's last. */
  readonly end: boolean;
}

/** @throws FrameError where the bytes are not Zstandard or end too early */
export async function* piecesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  const cutter = new FrameCutter();
  for await (const chunk of source) yield* cutter.push(chunk);
  cutter.end();
}

/** Bytes of the frame header after the magic number, from its descriptor (RFC 8878, 3.1.1.1). */
function headerSize(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  return 1 + (single ? 0 : 1) + dictionarySize(descriptor) + contentSize(descriptor);
}

const dictionarySize = (descriptor: number): number => [0, 1, 2, 4][descriptor & 3] as number;

const contentSize = (descriptor: number): number => [(descriptor >> 5) & 1, 2, 4, 8][descriptor >> 6] as number;

/** @param at place of the descriptor */
function readHeader(bytes: Buffer, at: number): FrameHeader {
  const descriptor = bytes[at] as number;
  if ((descriptor & 8) !== 0) throw new FrameError('a frame needs a newer version of Zstandard');
  const single = ((descriptor >> 5) & 1) === 1;
  const dictionaryAt = at + (single ? 1 : 2);
  const dictionaryLength = dictionarySize(descriptor);
  const length = contentSize(descriptor);
  const contentAt = dictionaryAt + dictionaryLength;
  const content =
    length === 0
      ? undefined
      : length === 8
        ? Number(bytes.readBigUInt64LE(contentAt))
        : bytes.readUIntLE(contentAt, length) + (length === 2 ? 256 : 0);
  return {
    content,
    window: single ? (content ?? 0) : windowSize(bytes[at + 1] as number),
    dictionary: dictionaryLength === 0 ? 0 : bytes.readUIntLE(dictionaryAt, dictionaryLength),
    checksum: ((descriptor >> 2) & 1) === 1,
  };
}

/** From its descriptor: an exponent, and eighths of what it gives (RFC 8878, 3.1.1.1.2). */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

type Place = 'frame' | 'block' | 'data' | 'checksum' | 'skip';

export class FrameCutter {
  #place: Place = 'frame';
  /** Bytes that are left of a block's data or of a frame to skip. */
  #left = 0;
  /** Whether the block is the frame's last. */
  #last = false;
  #header: FrameHeader | undefined;
  /** The beginning of a header whose end is not there yet. */
  #held: Buffer = Buffer.alloc(0);

  /** @returns pieces in order: as few as possible, each of one frame */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    let from = 0;
    let at = 0;
    for (let length = this.#length(bytes, at); length !== undefined; length = this.#length(bytes, at)) {
      this.#step(bytes, at, length);
      at += length;
      if (this.#place === 'skip') from = at;
      if (this.#place !== 'frame') continue;
      if (this.#header) pieces.push({ header: this.#header, bytes: bytes.subarray(from, at), end: true });
      this.#header = undefined;
      from = at;
    }
    if (this.#header && at > from) pieces.push({ header: this.#header, bytes: bytes.subarray(from, at), end: false });
    this.#held = Buffer.from(bytes.subarray(at));
    return pieces;
  }

  /** Bytes of the next part; undefined where they are not all there, and must be. */
  #length(bytes: Buffer, at: number): number | undefined {
    const there = bytes.length - at;
    const whole = (length: number): number | undefined => (there < length ? undefined : length);
    switch (this.#place) {
      case 'frame':
        // The shortest frame has nine bytes; eight tell how long one to skip is.
        if (there < 8) return undefined;
        return isSkippable(bytes.readUInt32LE(at)) ? 8 : whole(4 + headerSize(bytes[at + 4] as number));
      case 'block':
        return whole(3);
      case 'checksum':
        return whole(4);
      default:
        return there === 0 && this.#left > 0 ? undefined : Math.min(this.#left, there);
    }
  }

  /** Goes past a part. */
  #step(bytes: Buffer, at: number, length: number): void {
    switch (this.#place) {
      case 'frame':
        this.#begin(bytes, at);
        break;
      case 'block':
        this.#block(bytes.readUIntLE(at, 3));
        break;
      case 'checksum':
        this.#place = 'frame';
        break;
      default:
        this.#left -= length;
        if (this.#left === 0) this.#place = this.#afterData();
    }
  }

  #begin(bytes: Buffer, at: number): void {
    const number = bytes.readUInt32LE(at);
    if (isSkippable(number)) {
      this.#place = 'skip';
      this.#left = bytes.readUInt32LE(at + 4);
      return;
    }
    if (number !== magic) throw new FrameError('no frame begins where one should');
    this.#header = readHeader(bytes, at + 4);
    this.#place = 'block';
  }

  #block(head: number): void {
    const kind = (head >> 1) & 3;
    if (kind === 3) throw new FrameError('it has a block of no known kind');
    this.#place = 'data';
    // A block of one byte that is repeated holds that byte alone.
    this.#left = kind === 1 ? 1 : head >> 3;
    this.#last = (head & 1) === 1;
  }

  #afterData(): Place {
    if (this.#place === 'skip') return 'frame';
    if (!this.#last) return 'block';
    return this.#header?.checksum ? 'checksum' : 'frame';
  }

  /** @throws FrameError when a frame is not complete */
  end(): void {
    if (this.#place !== 'frame' || this.#held.length > 0) throw new FrameError('it ends in the middle of a frame');
  }
}
