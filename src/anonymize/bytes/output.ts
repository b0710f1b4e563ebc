/** Where rewritten bytes go. */
import type { Patches } from './patches.ts';

export interface Output {
  copy(bytes: Buffer, from: number, to: number): void;
  /** Writes the bytes between `from` and `to` with the patches applied. */
  patched(bytes: Buffer, from: number, to: number, patches: Patches): void;
}

export function writePatched(out: Output, bytes: Buffer, from: number, to: number, patches: Patches): void {
  let at = from;
  for (let index = 0; index < patches.count; index += 1) {
    out.copy(bytes, at, patches.starts[index] as number);
    out.copy(patches.texts[index] as Buffer, patches.textStarts[index] as number, patches.textEnds[index] as number);
    at = patches.ends[index] as number;
  }
  out.copy(bytes, at, to);
}
