/** What one run over a dump shares: the plans of its collections, the rewriter, the leak check, the counts. */

import { BackupError } from '../../../runtime/errors.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { allowedBy, type IsAllowed } from '../../leak-check/allowed.ts';
import { failOn, leakActions } from '../../leak-check/leak-policy.ts';
import type { AnonymizeReport } from '../../pipeline/anonymize.ts';
import { distinctForm } from '../../rules/addresses/form.ts';
import type { Allowance } from '../../rules/file/allowance.ts';
import { leakKinds } from '../../rules/file/leak-kinds.ts';
import type { RulesFile } from '../../rules/file/rules-file.ts';
import { labels } from '../../rules/plan/plan.ts';
import { uniqueReplacement } from '../../rules/plan/unique-replacement.ts';
import { DocumentCheck } from '../check/document-check.ts';
import { CollectionPlan } from '../fields/collection-plan.ts';
import type { Collections } from '../fields/collections.ts';
import { allFields } from '../fields/field-tree.ts';
import type { Namespace } from '../format/archive.ts';
import { BsonCounts } from '../rewrite/bson-counts.ts';
import { DocumentRewriter, type DocumentSink } from '../rewrite/document-rewriter.ts';
import { MetadataRewriter } from '../rewrite/metadata-rewriter.ts';
import { changedFields } from './changed-fields.ts';
import type { Done } from './done.ts';
import { warningsOf } from './warnings.ts';

export interface SessionOptions {
  readonly rules: RulesFile;
  /** Whether a rules file was given: without one, only addresses that are left fail the run. */
  readonly strict: boolean;
  /** Secret bytes: the same key gives the same pseudonyms. */
  readonly key: Uint8Array;
}

export class Session implements Done {
  readonly plans = new Map<string, CollectionPlan>();
  readonly counts = new BsonCounts();
  readonly grown = new Map<string, number>();
  readonly #begun = new Set<string>();
  readonly #options: SessionOptions;
  readonly #collections: Collections;
  readonly #rewriter: DocumentRewriter;
  readonly #metadata: MetadataRewriter;
  readonly #check: DocumentCheck;

  constructor(options: SessionOptions, collections: Collections) {
    this.#options = options;
    this.#collections = collections;
    const sample = new KeyedHash(options.key, 'sample');
    this.#rewriter = new DocumentRewriter(
      this.counts,
      (value) => sample.number(value, 0, value.length) / 2 ** 32,
      (name) => this.plan(name),
    );
    this.#metadata = new MetadataRewriter(
      uniqueReplacement(options.key, distinctForm(Number.POSITIVE_INFINITY), undefined),
    );
    const actions = leakActions(options.rules, options.strict);
    const kinds = new Set(leakKinds.filter((kind) => actions[kind] !== 'off'));
    const thorough = [actions.phones, actions.ibans, actions.cards].includes('fail');
    this.#check = new DocumentCheck({
      kinds,
      thorough,
      isAllowed: this.#allowed(({ pattern }) => pattern !== undefined),
    });
    if (kinds.has('replaced-values'))
      this.#rewriter.onReplaced = (bytes, from, to) => this.#check.noteReplaced(bytes, from, to);
  }

  /** What the rules allow, of what `which` picks. Paths are the same with `[]` and without. */
  #allowed(which: (allowance: Allowance) => boolean): IsAllowed {
    const allowances = this.#options.rules.leaksAllowed
      .filter(which)
      .map((one) => ({ ...one, column: one.column?.replaceAll('[]', '') }));
    return allowedBy(
      () => allowances,
      (name) => [name],
    );
  }

  plan(name: string): CollectionPlan {
    const known =
      this.plans.get(name) ?? new CollectionPlan(name, { ...this.#options, collections: this.#collections });
    this.plans.set(name, known);
    return known;
  }

  /** Lists the collection, in the order of the dump, even if nothing in it changes. */
  begin({ name, database, collection }: Namespace): void {
    if (this.#begun.has(name)) return;
    this.#begun.add(name);
    this.plan(name);
    this.counts.changes.begin(name);
    this.#check.text(name, `the name of a collection of ${database}: ${collection}`);
  }

  /** Rewrites whole documents of a collection. */
  documents(namespace: Namespace, bytes: Buffer, from: number, to: number, sink: DocumentSink): void {
    this.begin(namespace);
    const plan = this.plan(namespace.name);
    const root = this.#rewriter.root(plan);
    let written = 0;
    this.#rewriter.rewrite(plan, bytes, from, to, (changed, start, end) => {
      written += end - start;
      this.#check.documents(plan, root, changed, start, end);
      sink(changed, start, end);
    });
    this.grown.set(plan.name, (this.grown.get(plan.name) ?? 0) + written - (to - from));
  }

  /** Rewrites the metadata of a collection, or other JSON of a dump. @param of for people: `shop.people`, or the name of a file */
  metadata(text: string, of: string): string {
    const written = this.#metadata.rewrite(text);
    this.#check.text(written, `the metadata of ${of}`);
    return written;
  }

  /**
   * Ends the run.
   * @throws BackupError when the output holds what it should not
   */
  report(readBytes: number, writtenBytes: number): AnonymizeReport {
    const { rules, strict } = this.#options;
    const changes = this.counts.changes;
    changes.addOutside(labels.uniqueEmails, this.#metadata.count);
    const actions = leakActions(rules, strict);
    const isAllowed = this.#allowed(({ pattern }) => pattern === undefined);
    const leaks = this.#check.leaks().filter(({ kind, table, column }) => !isAllowed(kind, table, column, () => ''));
    failOn(leaks, actions);
    if (rules.unknownColumns === 'fail') failOnUnknown(this.plans.values());
    const sampled = actions['replaced-values'] !== 'off' && !this.#check.comparedAll;
    return {
      readBytes,
      writtenBytes,
      counts: changes.list(),
      leaks,
      changed: changedFields(this),
      largeObjectsChanged: false,
      warnings: warningsOf(this, this.#collections, sampled),
    };
  }
}

/** @throws BackupError when a field that was met has no rule */
function failOnUnknown(plans: Iterable<CollectionPlan>): void {
  const unknown = [...plans].flatMap((plan) =>
    plan.rows === 'drop' || plan.name === 'oplog'
      ? []
      : [...allFields(plan.root)].filter(({ met, rule }) => met && rule < 0).map(({ path }) => `${plan.name}.${path}`),
  );
  if (unknown.length === 0) return;
  throw new BackupError({
    what: `no rule names ${unknown.length === 1 ? 'a field' : `${unknown.length.toLocaleString('en-US')} fields`} of the dump (unknown-columns: fail): ${unknown.slice(0, 10).join(', ')}${unknown.length > 10 ? ', …' : ''}`,
    fix: 'give each of them a rule, for instance keep',
    detail: unknown.join('\n'),
  });
}
