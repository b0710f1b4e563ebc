/** Names and patterns of databases that are left out. */

/** Whether a name fits one of the patterns: `*` stands for any text, `?` for one character, everything else for itself. */
export function isExcluded(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const words = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${words}$`, 'su').test(name);
  });
}

/** The patterns that fit no name: mistyped, or of a database that is gone. */
export function idlePatterns(names: readonly string[], patterns: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !names.some((name) => isExcluded(name, [pattern])));
}
