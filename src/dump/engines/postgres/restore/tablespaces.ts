/** Tablespaces in statements: they are folders of the server that was dumped. */
import { type Token, tokenize } from '../../../../anonymize/format/tokens.ts';

/** What stands before TABLESPACE at the end of CREATE TABLE and CREATE INDEX; elsewhere the word may be a name. */
const before = /^(\)|distinct|default|oids|drop|rows)$/;

/** @returns the statement without its TABLESPACE clauses; the same text when it has none */
export function withoutTablespaces(sql: string): string {
  if (!/\btablespace\b/i.test(sql)) return sql;
  const tokens = tokenize(sql);
  const isWord = (token: Token | undefined, text: string): boolean => token?.kind === 'word' && token.text === text;
  let depth = 0;
  let out = '';
  let from = 0;
  tokens.forEach((token, index) => {
    if (token.kind === 'sign' && token.text === '(') depth += 1;
    if (token.kind === 'sign' && token.text === ')') depth -= 1;
    const name = tokens[index + 1];
    if (!isWord(token, 'tablespace') || (name?.kind !== 'word' && name?.kind !== 'name')) return;
    const previous = tokens[index - 1];
    // PRIMARY KEY (id) USING INDEX TABLESPACE fast
    const ofConstraint = isWord(previous, 'index') && isWord(tokens[index - 2], 'using');
    if (!ofConstraint && (depth > 0 || previous?.kind === 'name' || !before.test(previous?.text ?? ''))) return;
    out += sql.slice(from, (ofConstraint ? tokens[index - 2] : token)?.start).trimEnd();
    from = name.end;
  });
  return out + sql.slice(from);
}
