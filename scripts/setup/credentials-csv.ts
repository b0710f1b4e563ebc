/**
 * Access keys as the AWS console downloads them. The console has written `User name,Password,Access key ID,Secret access
 * key,Console login link` and `Access key ID,Secret access key` (IAM user guide, "Managing access keys"), with a byte order
 * mark and CRLF; columns are found by their names.
 */
import type { AccessKeys } from '../../src/adapters/aws/credentials.ts';

export type CsvReading = { readonly keys: AccessKeys } | { readonly problems: readonly string[] };

const columns = { accessKeyId: 'access key id', secretAccessKey: 'secret access key' } as const;

export function readCredentials(text: string, file: string): CsvReading {
  const rows = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .map(cells);
  const [head = [], ...data] = rows;
  const names = head.map((name) => name.trim().toLowerCase());
  const missing = Object.values(columns).filter((name) => !names.includes(name));
  if (missing.length > 0)
    return {
      problems: [
        `${file}: it has no column "${missing.join('", "')}"; give the file as the AWS console downloads it (Access key ID,Secret access key)`,
      ],
    };
  if (data.length !== 1) return { problems: [`${file}: it has ${data.length} rows of keys; allowed: one`] };
  const [row = []] = data;
  const cell = (name: string): string => (row[names.indexOf(name)] ?? '').trim();
  const keys = { accessKeyId: cell(columns.accessKeyId), secretAccessKey: cell(columns.secretAccessKey) };
  const problems = [
    // IAM API reference, AccessKey: 16 to 128 characters; those of users begin with AKIA (IAM user guide, unique identifiers).
    ...(/^AKIA[A-Z0-9]{12,124}$/.test(keys.accessKeyId)
      ? []
      : [`${file}: the access key id is not that of a user's access key (AKIA…)`]),
    ...(/^[A-Za-z0-9/+=_-]{16,128}$/.test(keys.secretAccessKey)
      ? []
      : [`${file}: the secret access key has a form that AWS does not give (not shown)`]),
  ];
  return problems.length > 0 ? { problems } : { keys };
}

/** Cells of one line; a cell in double quotes may hold commas, and quotes written twice (RFC 4180). */
function cells(line: string): readonly string[] {
  // With a comma in front no match is empty: after an empty one the next comma would be passed over.
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
