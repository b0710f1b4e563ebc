/** Joins the tokens of a statement to those of an expression: `!~~*`, `::` and `<>` are one each. */
import { tokenizeMysql } from '../../format/mysql/tokens.ts';
import { type Token, tokenize } from '../../format/tokens.ts';

export type SqlDialect = 'postgresql' | 'mysql';

const operatorSigns = /[-+*/<>=~!@#%^&|`?:]/;
/** PostgreSQL's manual, "Operators": one that ends with + or - holds one of these. */
const mayEndWithSign = /[~!@#%^&|`?]/;

export function expressionTokens(sql: string, dialect: SqlDialect): readonly Token[] {
  const tokens = dialect === 'mysql' ? tokenizeMysql(sql) : tokenize(sql);
  const joined: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const count = isOperatorSign(tokens[at]) ? signsOfOperator(tokens, at) : 1;
    const [first, last] = [tokens[at] as Token, tokens[at + count - 1] as Token];
    joined.push(count === 1 ? first : { ...first, text: sql.slice(first.start, last.end), end: last.end });
    at += count;
  }
  return joined;
}

function isOperatorSign(token: Token | undefined): boolean {
  return token?.kind === 'sign' && operatorSigns.test(token.text);
}

/** How many signs the operator has that begins at this token: those without a blank between them, but for signs of numbers at its end. */
function signsOfOperator(tokens: readonly Token[], at: number): number {
  let count = 1;
  while (isOperatorSign(tokens[at + count]) && tokens[at + count]?.start === tokens[at + count - 1]?.end) count += 1;
  const signs = tokens.slice(at, at + count).map(({ text }) => text);
  if (!signs.some((sign) => mayEndWithSign.test(sign)))
    while (count > 1 && /[-+]/.test(signs[count - 1] as string)) count -= 1;
  return count;
}
