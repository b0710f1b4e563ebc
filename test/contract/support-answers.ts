/** What a command of a page answers where the account has all that it asks for. */
import type { Call } from './support-commands.ts';

/** What no answer of these can have here, with the reason. */
const emptyHere: readonly { readonly words: RegExp; readonly why: string }[] = [];

/** Nothing at all, `null`, or lists without an entry; as text, a column that says `None`: a query names what the answer does not have. */
function isEmpty(answer: string): boolean {
  const text = answer.trim();
  if (text === '' || text.split(/\s+/).includes('None')) return true;
  try {
    const value = JSON.parse(text) as unknown;
    const lists = Object.values(value ?? {}).filter((one) => Array.isArray(one));
    const nothing = Array.isArray(value)
      ? value.length === 0
      : lists.length > 0 && lists.every(({ length }) => length === 0);
    return value === null || nothing;
  } catch {
    return false;
  }
}

/** The kind of dump that a file of this name is, in the pages that restore. */
export function kindOfFile(name: string): 'archive' | 'plain' | 'anonymised' {
  if (name.includes('.anon.')) return 'anonymised';
  // Of PostgreSQL, where the archive is `.dump`; the archive of MySQL is SQL too.
  return /^\w+\.(gz|zst)$/.test(name) ? 'plain' : 'archive';
}

/** What is wrong with the answer of a call of `aws`; its file of a dump must have the key of its kind: `db/KIND`. */
export function answerProblems({ program, words, answer = '' }: Call): string[] {
  const [, verb = '', file = ''] = words;
  if (program !== 'aws') return [];
  const said = ['aws', ...words].join(' ');
  const key = words[words.indexOf('--key') + 1] ?? '';
  if (verb === 'get-object' && key.startsWith('db/') && key !== `db/${kindOfFile(file)}`)
    return [`${said}: ${file} is not the ${kindOfFile(file)} dump`];
  const asks = /^(describe|get|list|head)-|^ls$/.test(verb);
  if (!asks || emptyHere.some((one) => one.words.test(words.join(' ')))) return [];
  return isEmpty(answer) ? [`${said}: answers ${JSON.stringify(answer.trim())}`] : [];
}
