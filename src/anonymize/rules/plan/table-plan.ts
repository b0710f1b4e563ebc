/** The plan of one table. */
import type { Dialect } from '../../format/dialect.ts';
import { DumpError } from '../../format/dump-error.ts';
import { nameParts } from '../../format/name-scope.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { holdsText } from '../../schema/column-kinds.ts';
import { nestedRoom } from '../../schema/nested-room.ts';
import type { Column } from '../../schema/table.ts';
import { type Rule, ruleName } from '../file/rule.ts';
import type { RulesFile, TableRules } from '../file/rules-file.ts';
import { ColumnPlanner, type CompileOptions, nestingOf } from './column-plan.ts';
import type { ColumnPlan, TablePlan } from './plan.ts';

/** Characters of the shortest address: `a@b.c`. */
const shortestEmail = 5;

export class CompiledTable implements TablePlan {
  readonly name: string;
  readonly rows: TablePlan['rows'];
  readonly byRow: boolean;
  readonly byColumn: boolean;
  readonly columns: readonly string[] | undefined;
  readonly allColumns: readonly string[] | undefined;
  readonly writeTo: string | undefined;
  readonly #columns = new Map<string, ColumnPlan>();
  readonly #planner: ColumnPlanner;
  #remembers: boolean | undefined;
  readonly #catalogue: Catalogue;

  constructor(name: string, options: CompileOptions) {
    const { rules: all, catalogue, complete } = options;
    this.name = name;
    this.#catalogue = catalogue;
    // Rules for a partitioned table hold for its partitions.
    const rules = all.tables.get(name) ?? all.tables.get(catalogue.root(name));
    this.#planner = new ColumnPlanner(name, rules, options);
    this.rows = rowsOf(rules, catalogue.primaryColumn(name));
    const columns = catalogue.table(name)?.columns;
    this.columns = columns?.filter((column) => !column.generated).map((column) => column.name);
    this.allColumns = columns?.map((column) => column.name);
    if (columns === undefined) checkUndefined(name, rules, all, catalogue.dialect);
    const kinds = new Set([...(rules?.columns.values() ?? [])].map((rule) => rule.kind));
    // mariadb-dump writes what the server generated: a part of an address that becomes another.
    const isWritten = catalogue.dialect.name === 'mysql';
    const holdsParts = isWritten && columns?.some((column) => column.generated && holdsText(column));
    const changes = [...kinds].some((kind) => kind !== 'emails' && kind !== 'keep');
    this.byRow = typeof this.rows === 'object' || changes || holdsParts === true;
    const special = columns?.some((column) => this.#isSpecial(column)) ?? false;
    // Without a complete catalogue, counts by column show at the end whether a unique column was treated right.
    this.byColumn = special || kinds.has('keep') || !complete || columns === undefined;
    const moved = [...catalogue.partitionColumns(name)].some((column) => this.#mayChange(catalogue, column));
    // The database in front is none of SQL.
    this.writeTo = moved ? nameParts(catalogue.root(name)).slice(-2).join('.') : undefined;
  }

  column(name: string): ColumnPlan {
    const known = this.#columns.get(name);
    if (known) return known;
    const now = this.#catalogue.column(this.name, name)?.name ?? name;
    const plan = now === name ? this.#planner.plan(name) : this.column(now);
    this.#columns.set(name, plan);
    return plan;
  }

  get remembers(): boolean {
    this.#remembers ??= this.allColumns?.some((name) => this.column(name).remembers) ?? true;
    return this.#remembers;
  }

  /** Whether addresses in the column are treated otherwise than in most. */
  #isSpecial(column: Column): boolean {
    if (!holdsText(column)) return false;
    const { maxCharacters } = column.type;
    if (maxCharacters !== undefined && maxCharacters < shortestEmail) return false;
    const inParts = nestingOf(column) > 0 || nestedRoom(column.type) !== undefined;
    return inParts || maxCharacters !== undefined || this.#planner.isSpecial(column.name);
  }

  /** Whether values of a column that decides to which partition a row belongs may come out changed. */
  #mayChange(catalogue: Catalogue, name: string): boolean {
    const { treatment } = this.column(name);
    if (treatment !== 'emails') return treatment !== 'keep';
    if (catalogue.hasKeysWithoutEmails(this.name)) return false;
    const column = catalogue.column(this.name, name);
    return column === undefined || holdsText(column);
  }
}

/** Rules that keep different values different, whatever the column. */
const safeRules: ReadonlySet<Rule['kind']> = new Set(['keep', 'emails', 'pseudonym', 'hash']);

/** @throws DumpError when rules for a table that the dump does not define need its definition */
function checkUndefined(
  name: string,
  rules: TableRules | undefined,
  { unknownColumns }: RulesFile,
  { definitionsFrom }: Dialect,
): void {
  const risky = [...(rules?.columns ?? [])].filter(([, rule]) => !safeRules.has(rule.kind));
  const needed = [
    ...(unknownColumns === 'fail' ? ['unknown-columns: fail'] : []),
    ...(rules === undefined || rules.rows === 'keep' ? [] : ['rows']),
    ...risky.map(([column, rule]) => `${ruleName(rule)} of ${column}`),
  ];
  if (needed.length === 0) return;
  throw new DumpError({
    what: `the dump holds rows of ${name}, but not its definition, which these rules need: ${needed.join(', ')}`,
    likelyCause: 'it is a dump of data alone (--data-only, --no-create-info), or without the definition of this table',
    fix: `give the definitions beforehand (schema: the output of ${definitionsFrom})`,
  });
}

function rowsOf(rules: TableRules | undefined, primary: string | undefined): TablePlan['rows'] {
  const rows = rules?.rows ?? 'keep';
  return typeof rows === 'string' ? rows : { share: rows.share, by: rows.by ?? primary ?? '' };
}
