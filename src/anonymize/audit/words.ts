/** Names of tables and columns in one form, so that patterns need only one: `lastLoginIP` and `Last Login IP` are `last_login_ip`. */
export function wordsOf(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ø', 'o')
    .replace(/[^\p{L}\d]+/gu, '_')
    .replace(/^_|_$/g, '');
}

/** Whether the name ends with one of these words, also with a number behind it: `phone`, `home_phone`, `homephone2`. */
export function endsWith(words: string): RegExp {
  return new RegExp(`(^|_)(${words})_?\\d*$`);
}

/** What stands before a word without a blank or a sign between them: `homephone`, `customercity`. */
export const owner =
  '(home|work|office|private|business|company|customer|client|contact|user|billing|shipping|ship|bill)?_?';
