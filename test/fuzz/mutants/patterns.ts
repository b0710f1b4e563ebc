/** Small changes of a regular expression: each alternative, member of a class, anchor and quantifier once. */

/** The expression without one part, or with another bound. */
export function changedPatterns(pattern: string): readonly string[] {
  const all = [...withoutAlternatives(pattern), ...withoutMembers(pattern), ...otherBounds(pattern)];
  return [...new Set(all)].filter((one) => one !== pattern && compiles(one));
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    try {
      new RegExp(pattern);
      return true;
    } catch {
      return false;
    }
  }
}

interface Token {
  readonly text: string;
  readonly at: number;
  /** Classes count as one token. */
  readonly isClass: boolean;
  readonly depth: number;
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  const token =
    /\\[pPu]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!])|\{\d+(?:,\d*)?\}|./gsu;
  for (const match of pattern.matchAll(token)) {
    const text = match[0];
    if (text === ')') depth -= 1;
    tokens.push({ text, at: match.index, isClass: text.startsWith('[') && text.length > 1, depth });
    if (text.startsWith('(')) depth += 1;
  }
  return tokens;
}

function withoutAlternatives(pattern: string): readonly string[] {
  const tokens = tokensOf(pattern);
  return tokens.flatMap(({ text, at, depth }, index) => {
    if (text !== '|') return [];
    // From the bar to the next one, or to the end of the group; and before the first bar.
    const next = tokens
      .slice(index + 1)
      .find((one) => (one.depth === depth && one.text === '|') || (one.text === ')' && one.depth < depth));
    const end = next?.at ?? pattern.length;
    const changed = [pattern.slice(0, at) + pattern.slice(end)];
    const before = tokens
      .slice(0, index)
      .findLast(
        (one) => (one.depth === depth && one.text === '|') || (one.text.startsWith('(') && one.depth === depth - 1),
      );
    if (before?.text !== '|') {
      const begin = before === undefined ? 0 : before.at + before.text.length;
      changed.push(pattern.slice(0, begin) + pattern.slice(at + 1));
    }
    return changed;
  });
}

const member =
  /\\[pP]\{[^}]*\}|(?:\\u\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|.)(?:-(?:\\u\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|[^\]]))?/gsu;

function withoutMembers(pattern: string): readonly string[] {
  return tokensOf(pattern).flatMap(({ text, at, isClass }) => {
    if (!isClass) return [];
    const begin = text.startsWith('[^') ? 2 : 1;
    const members = [...text.slice(begin, -1).matchAll(member)];
    if (members.length < 2) return [];
    return members.map((one) => {
      const from = at + begin + one.index;
      return pattern.slice(0, from) + pattern.slice(from + one[0].length);
    });
  });
}

function otherBounds(pattern: string): readonly string[] {
  return tokensOf(pattern).flatMap(({ text, at, isClass }, index, all) => {
    if (isClass) return [];
    const put = (instead: string): string => pattern.slice(0, at) + instead + pattern.slice(at + text.length);
    if (text === '^' || text === '$') return [put('')];
    if (text === '+') return [put(''), put('*')];
    if (text === '*') return [put('')];
    if (text === '?' && index > 0 && !/^[*+?}]$/.test(all[index - 1]?.text ?? '')) return [put('')];
    const bounds = /^\{(\d+),?(\d*)\}$/.exec(text);
    return bounds ? [put(`{${Number(bounds[1]) + 1}${text.includes(',') ? ',' : ''}${bounds[2]}}`)] : [];
  });
}
