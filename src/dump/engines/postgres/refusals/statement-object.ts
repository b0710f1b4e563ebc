/** The object that a statement of a dump makes, changes or fills, for people and for the comparison. */

const name = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;
const path = String.raw`(${name}(?:\.${name})*)`;

/** Kinds of two and more words come first. `pg_dump` writes no others. */
const kinds = [
  'FOREIGN DATA WRAPPER',
  'MATERIALIZED VIEW',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'ACCESS METHOD',
  'EVENT TRIGGER',
  'FOREIGN TABLE',
  'LARGE OBJECT',
  'USER MAPPING FOR',
  'AGGREGATE',
  'CAST',
  'COLLATION',
  'COLUMN',
  'CONVERSION',
  'DATABASE',
  'DOMAIN',
  'EXTENSION',
  'FUNCTION',
  'INDEX',
  'LANGUAGE',
  'OPERATOR',
  'PROCEDURE',
  'PUBLICATION',
  'SCHEMA',
  'SEQUENCE',
  'SERVER',
  'STATISTICS',
  'SUBSCRIPTION',
  'TABLE',
  'TRANSFORM FOR',
  'TYPE',
  'VIEW',
];

const filler = `(?:OR REPLACE |UNIQUE |UNLOGGED |TRUSTED |PROCEDURAL |CONSTRAINT |RECURSIVE |DEFAULT )*`;
const optional = `(?:CONCURRENTLY |IF NOT EXISTS |IF EXISTS |ONLY )*`;

type Shape = readonly [RegExp, (found: readonly string[]) => string];

const schemaOf = (table: string): string => {
  const parts = table.match(new RegExp(name, 'gu')) ?? [];
  return parts.length > 1 ? `${parts[0]}.` : '';
};

const shapes: readonly Shape[] = [
  [new RegExp(`^COPY ${path} `, 'u'), ([, table]) => `rows of ${table}`],
  [
    new RegExp(`^CREATE ${filler}INDEX ${optional}${path} ON ${optional}${path}`, 'u'),
    ([, index = '', table = '']) => `INDEX ${schemaOf(table)}${index}`,
  ],
  [
    new RegExp(`^ALTER (?:FOREIGN )?TABLE ${optional}${path} ADD CONSTRAINT (${name}) `, 'u'),
    ([, table, constraint]) => `CONSTRAINT ${constraint} ON ${table}`,
  ],
  [
    new RegExp(`^ALTER (?:TABLE|INDEX) ${optional}${path} (?:ATTACH|DETACH) PARTITION ${path}`, 'u'),
    ([, table, partition]) => `PARTITION ${partition} OF ${table}`,
  ],
  [
    new RegExp(`^ALTER (?:FOREIGN )?TABLE ${optional}${path} ALTER (?:COLUMN )?(${name}) `, 'u'),
    ([, table, column]) => `COLUMN ${table}.${column}`,
  ],
  [
    new RegExp(`^(?:CREATE|ALTER|COMMENT ON) POLICY (${name}) ON ${path}`, 'u'),
    ([, one, table]) => `POLICY ${one} ON ${table}`,
  ],
  [
    new RegExp(`^(?:CREATE ${filler}|COMMENT ON )TRIGGER (${name}) .*? ?ON ${path}`, 'su'),
    ([, trigger, table]) => `TRIGGER ${trigger} ON ${table}`,
  ],
  [
    new RegExp(`^COMMENT ON (TRIGGER|CONSTRAINT|RULE) (${name}) ON (?:DOMAIN )?${path}`, 'u'),
    ([, kind, one, table]) => `${kind} ${one} ON ${table}`,
  ],
  [
    new RegExp(`^CREATE ${filler}RULE (${name}) AS ON \\w+ TO ${path}`, 'su'),
    ([, rule, table]) => `RULE ${rule} ON ${table}`,
  ],
  [/^SELECT pg_catalog\.setval\('((?:[^']|'')+)'/u, ([, sequence]) => `SEQUENCE ${sequence}`],
  [/^SELECT pg_catalog\.lo_\w+\('?(\d+)/u, ([, oid]) => `LARGE OBJECT ${oid}`],
  [new RegExp(`^REFRESH MATERIALIZED VIEW ${optional}${path}`, 'u'), ([, view]) => `MATERIALIZED VIEW ${view}`],
  [new RegExp(`^SECURITY LABEL FOR ${name} ON (${kinds.join('|')}) ${path}`, 'u'), ([, kind, one]) => `${kind} ${one}`],
  [
    new RegExp(`^(?:CREATE |ALTER |COMMENT ON )OPERATOR (?!CLASS |FAMILY )(?:${name}\\.)?([^\\s\\w"]+)`, 'u'),
    ([, operator]) => `OPERATOR ${operator}`,
  ],
  [
    new RegExp(`^(?:CREATE ${filler}|ALTER |COMMENT ON |DROP )(${kinds.join('|')}) ${optional}${path}`, 'u'),
    ([, kind, one]) => `${kind} ${one}`,
  ],
  [/^CREATE CAST (\([^)]*\))/u, ([, types]) => `CAST ${types}`],
];

/** @returns kind and name, `INDEX public.person_name`, names as the statement writes them; undefined for what is not known */
export function objectOfStatement(statement: string): string | undefined {
  const text = statement.slice(0, 2000).replace(/\s+/g, ' ').trim();
  for (const [pattern, describe] of shapes) {
    const found = pattern.exec(text);
    if (found) return describe(found);
  }
  return undefined;
}
