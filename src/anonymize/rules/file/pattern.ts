/** Patterns of a rules file: regular expressions of JavaScript that stand for a whole text. */

export function isPattern(pattern: string): boolean {
  try {
    wholePattern(pattern);
    return true;
  } catch {
    return false;
  }
}

/** A pattern that stands for the whole finding. @throws SyntaxError when it is no regular expression */
export function wholePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}
