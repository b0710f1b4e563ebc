/** The roles that a definition names, and that must exist for it: of policies and of user mappings. */
import { Cursor } from '../../../../anonymize/format/cursor.ts';
import { tokenize } from '../../../../anonymize/format/tokens.ts';

/** Words that stand for a role, or for all (PostgreSQL manual, CREATE POLICY, CREATE USER MAPPING). */
const specialRoles = new Set(['public', 'current_role', 'current_user', 'session_user', 'user']);

/** @returns the names as the server stores them; none for other statements */
export function namedRoles(sql: string): readonly string[] {
  const cursor = new Cursor(sql, tokenize(sql));
  if (cursor.accept('create', 'policy')) {
    cursor.name();
    while (!cursor.done && !cursor.isNext('to') && !cursor.isNext('using') && !cursor.isNext('with', 'check'))
      cursor.at += 1;
    return cursor.accept('to') ? rolesAt(cursor) : [];
  }
  if (!cursor.accept('create', 'user', 'mapping')) return [];
  cursor.accept('if', 'not', 'exists');
  return cursor.accept('for') ? rolesAt(cursor) : [];
}

/** A list of roles, separated by commas. */
function rolesAt(cursor: Cursor): readonly string[] {
  const roles: string[] = [];
  do {
    const { token } = cursor;
    if (token?.kind !== 'word' && token?.kind !== 'name') break;
    if (token.kind === 'name' || !specialRoles.has(token.text)) roles.push(token.text);
    cursor.at += 1;
  } while (cursor.accept(','));
  return roles;
}
