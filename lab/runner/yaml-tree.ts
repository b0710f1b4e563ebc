/** A YAML document with line numbers, read strictly: every key must be one that the reader names. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { expressionProblem, pieces } from './expressions.ts';
import type { Refusal } from './model.ts';

/** A document, and every reason to refuse it. */
export class YamlTree {
  readonly file: string;
  readonly refusals: Refusal[] = [];
  readonly root: YamlNode;
  readonly #lines = new LineCounter();

  constructor(file: string, content: string) {
    this.file = file;
    const document = parseDocument(content, { lineCounter: this.#lines, merge: false });
    this.root = new YamlNode(this, document.contents, '');
    for (const error of document.errors) this.refuse(error.linePos?.[0].line ?? 1, error.message.split('\n')[0] ?? '');
  }

  refuse(line: number, what: string): void {
    this.refusals.push({ file: this.file, line, what });
  }

  lineOf(node: Node | null | undefined): number {
    return node?.range ? this.#lines.linePos(node.range[0]).line : 1;
  }
}

/** A node, with the keys that lead to it. */
export class YamlNode {
  readonly tree: YamlTree;
  readonly path: string;
  readonly #node: Node | null;

  constructor(tree: YamlTree, node: Node | null, path: string) {
    this.tree = tree;
    this.#node = node;
    this.path = path;
  }

  get line(): number {
    return this.tree.lineOf(this.#node);
  }

  /** Whether the key has a value; `key:` alone has none. */
  get present(): boolean {
    return this.#node !== null && !(isScalar(this.#node) && this.#node.value === null);
  }

  get isMapping(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  refuse(what: string): void {
    this.tree.refuse(this.line, this.path === '' ? what : `${this.path}: ${what}`);
  }

  get(key: string): YamlNode {
    const value = isMap(this.#node) ? (this.#node.get(key, true) as Node | undefined) : undefined;
    return new YamlNode(this.tree, value ?? null, this.path === '' ? key : `${this.path}.${key}`);
  }

  /** The keys of a mapping with their nodes. */
  entries(): [string, YamlNode][] {
    if (!isMap(this.#node)) return [];
    return this.#node.items.map((pair) => {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      return [key, this.get(key)];
    });
  }

  items(): YamlNode[] {
    if (!isSeq(this.#node)) return [];
    return this.#node.items.map((item, index) => new YamlNode(this.tree, item as Node, `${this.path}[${index}]`));
  }

  /** Refuses every key that is not among the known ones. */
  only(known: readonly string[]): void {
    for (const [key, node] of this.entries()) {
      if (!known.includes(key)) node.refuse('the lab runner does not know this key');
    }
  }

  /** The value as plain data. Every expression in it is checked. */
  value(): unknown {
    if (this.#node === null) return undefined;
    this.checkExpressions();
    return (this.#node as { toJSON(): unknown }).toJSON();
  }

  text(): string | undefined {
    if (!this.present) return undefined;
    const value = this.value();
    if (typeof value === 'object') {
      this.refuse('must be a text');
      return undefined;
    }
    return String(value);
  }

  /** A list of strings; a single value counts as a list of one. */
  strings(): string[] {
    const value = this.value();
    if (value === undefined) return [];
    return Array.isArray(value) ? value.map(String) : [String(value)];
  }

  /** A mapping of scalars. */
  scalars(): Record<string, unknown> {
    if (!this.present) return {};
    if (!this.isMapping) {
      this.refuse('must be a mapping');
      return {};
    }
    return Object.fromEntries(
      this.entries().map(([key, node]) => {
        if (node.isMapping || node.isList) node.refuse('must be a single value');
        return [key, node.value() ?? ''];
      }),
    );
  }

  checkExpressions(): void {
    if (isMap(this.#node)) for (const [, node] of this.entries()) node.checkExpressions();
    if (isSeq(this.#node)) for (const node of this.items()) node.checkExpressions();
    if (!isScalar(this.#node) || typeof this.#node.value !== 'string') return;
    try {
      for (const piece of pieces(this.#node.value)) {
        const problem = 'expression' in piece ? expressionProblem(piece.expression) : undefined;
        if (problem !== undefined) this.refuse(problem);
      }
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error));
    }
  }
}
