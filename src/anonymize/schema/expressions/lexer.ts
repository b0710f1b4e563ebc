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
    const token = tokens[at] as Token;
    let { text, end } = token;
    let next = at + 1;
    if (token.kind === 'sign' && operatorSigns.test(text))
      for (; tokens[next]?.start === end && tokens[next]?.kind === 'sign'; next += 1) {
        const sign = (tokens[next] as Token).text;
        if (!operatorSigns.test(sign)) break;
        text += sign;
        end += sign.length;
      }
    while (text.length > 1 && /[-+]$/.test(text) && !mayEndWithSign.test(text)) {
      text = text.slice(0, -1);
      end -= 1;
      next -= 1;
    }
    joined.push(text === token.text ? token : { ...token, text, end });
    at = next;
  }
  return joined;
}
