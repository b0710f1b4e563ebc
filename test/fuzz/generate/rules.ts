/** Rules for columns, of each kind. */
import type { ColumnModel } from './columns.ts';

interface Rule {
  readonly yaml: string;
  /** Whether it may be given to a column that must be unique. */
  readonly keepsDistinct?: boolean;
  /** Whether addresses stay. */
  readonly keeps?: boolean;
  readonly fits: (model: ColumnModel) => boolean;
}

const isText = ({ type }: ColumnModel): boolean => /^(text|character varying)$/.test(type);

const rules: Readonly<Record<string, Rule>> = {
  none: { yaml: '', fits: () => false },
  emails: { yaml: 'emails', keepsDistinct: true, fits: () => true },
  keep: { yaml: 'keep', keepsDistinct: true, keeps: true, fits: () => true },
  null: { yaml: '"null"', keepsDistinct: true, fits: () => true },
  fixed: { yaml: '{ fixed: "it\'s\\t\\\\N" }', fits: isText },
  mask: { yaml: 'mask', fits: isText },
  hash: { yaml: 'hash', keepsDistinct: true, fits: isText },
  pseudonym: { yaml: 'pseudonym', keepsDistinct: true, fits: isText },
  name: { yaml: '{ fake: name }', fits: isText },
  phone: { yaml: '{ fake: phone }', fits: isText },
  shift: { yaml: '{ shift-days: 9 }', fits: ({ type }) => type === 'date' },
  noise: { yaml: '{ noise: 10% }', fits: ({ type }) => type === 'integer' },
  json: { yaml: '{ json: { "$.a": mask } }', fits: ({ isJson }) => isJson === true },
};

export const ruleNames = Object.keys(rules);

/** The rule of this name, if the column may have it. */
export function ruleFor(name: string, model: ColumnModel, isUnique: boolean): Rule | undefined {
  const rule = rules[name];
  return rule?.fits(model) && (!isUnique || rule.keepsDistinct) ? rule : undefined;
}
