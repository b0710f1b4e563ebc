/**
 * The tools write views by name. A view that names a later one then meets what stands in for that (a view of NULLs), which cannot be
 * updated: WITH CHECK OPTION is refused (error 1368), and ALGORITHM=MERGE becomes UNDEFINED. Here, each view follows those that it
 * names.
 */
import type { Piece } from './splitter.ts';

const name = '`((?:[^`]|``)*)`';
const dropped = new RegExp(`^/\\*!50001 DROP (?:VIEW|TABLE) IF EXISTS ${name}`);
/** What stands around the statement that makes a view. */
const around = /^(\/\*!50001 )?(SET|CREATE|DROP)\b/;

interface Block {
  readonly view: string;
  readonly pieces: Piece[];
  /** Whether it makes the view, and not what stands in for it. */
  final: boolean;
}

/** Passes pieces on, and puts the views of each database in order. */
export class ViewOrder {
  /** Comments, which may belong to the next block. */
  #comments: Piece[] = [];
  #block: Block | undefined;
  #views: Block[] = [];

  *push(piece: Piece): Generator<Piece> {
    if (piece.kind === 'comment') {
      this.#comments.push(piece);
      return;
    }
    // Rows, which are nearly all of a dump, are not looked at.
    const head = piece.kind === 'statement' ? piece.bytes.subarray(0, 1000).toString('utf8') : '';
    const view = dropped.exec(head)?.[1];
    if (view !== undefined) {
      yield* this.#close();
      this.#block = { view, pieces: [...this.#comments.splice(0), piece], final: false };
    } else if (this.#block && around.test(head) && this.#belongs(head)) {
      this.#block.final ||= head.startsWith('/*!50001 CREATE ALGORITHM');
      this.#block.pieces.push(...this.#comments.splice(0), piece);
    } else {
      yield* this.end();
      yield piece;
    }
  }

  /** A statement other than of views ends the block, such as the last lines of the dump. */
  #belongs(head: string): boolean {
    return /^(\/\*!50001 (SET|CREATE)|SET (@saved_cs_client|character_set_client))/.test(head);
  }

  /** A block that makes a view waits for the others; any other is passed on after those. */
  *#close(): Generator<Piece> {
    const block = this.#block;
    this.#block = undefined;
    if (block === undefined) return;
    if (block.final) this.#views.push(block);
    else {
      yield* this.#ordered();
      yield* block.pieces;
    }
  }

  *#ordered(): Generator<Piece> {
    const views = this.#views;
    this.#views = [];
    for (const { pieces } of inOrder(views)) yield* pieces;
  }

  /** Everything that waits. */
  *end(): Generator<Piece> {
    yield* this.#close();
    yield* this.#ordered();
    yield* this.#comments.splice(0);
  }
}

/** Each after those that it names, otherwise as they were. */
function inOrder(blocks: readonly Block[]): readonly Block[] {
  if (blocks.length < 2) return blocks;
  const byName = new Map(blocks.map((block) => [block.view, block]));
  const named = new RegExp(name, 'g');
  const done = new Set<Block>();
  const ordered: Block[] = [];
  const visit = (block: Block): void => {
    if (done.has(block)) return;
    done.add(block);
    const text = block.pieces.map(({ bytes }) => bytes.toString('utf8')).join('');
    for (const [, other = ''] of text.matchAll(named)) {
      const before = byName.get(other);
      if (before) visit(before);
    }
    ordered.push(block);
  };
  for (const block of blocks) visit(block);
  return ordered;
}
