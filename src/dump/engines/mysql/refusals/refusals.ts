/** What the client says of statements that the server refused, and why (MySQL manual, "Server Error Message Reference"). */
import type { Refusal, RefusalReason } from '../../../../ports/dump-engine.ts';

interface Advice {
  readonly reason: RefusalReason;
  readonly likelyCause: string;
  readonly fix?: string;
}

const rights: Advice = {
  reason: 'rights',
  likelyCause: 'the account in scratch-url may not do what the dump does',
  fix: 'give an account in scratch-url that may do everything on its server',
};
const version: Advice = {
  reason: 'version',
  likelyCause: 'the server that restored it is older than the source, or of another product',
  fix: 'give a scratch-url of the same product, and of the same series or a later one',
};

const breaksCheck: Advice = {
  reason: 'rows',
  likelyCause:
    'a row breaks a CHECK; in the anonymised file, because a rule gives a value that the CHECK does not allow',
  fix: 'for the anonymised file, give the columns of this CHECK rules whose values it allows, or keep them (docs/anonymize.md)',
};

const byNumber: Readonly<Record<number, Advice>> = {
  1044: rights,
  1142: rights,
  1227: rights,
  1370: rights,
  1419: {
    reason: 'rights',
    likelyCause: 'the server writes a binary log, and trusts no functions of accounts without SUPER',
    fix: 'start the scratch server with log_bin_trust_function_creators=1, or give an account with SUPER in scratch-url',
  },
  1005: { reason: 'definition', likelyCause: 'a table could not be made; the message says why' },
  1064: version,
  1115: version,
  1193: version,
  1231: version,
  1273: version,
  1286: version,
  3675: version,
  1146: {
    reason: 'definition',
    likelyCause: 'it names a table that is not there: one of another database, or one refused before',
  },
  1305: { reason: 'definition', likelyCause: 'it names a routine that is not there' },
  1356: { reason: 'definition', likelyCause: 'a view names what is not there, or what its account may not read' },
  1054: { reason: 'definition', likelyCause: 'it names a column that is not there' },
  1062: {
    reason: 'rows',
    likelyCause:
      'two rows have one key: the source holds duplicates that its index does not show, or its collation differs',
  },
  1452: { reason: 'rows', likelyCause: 'a row refers to one that is not there' },
  1406: { reason: 'rows', likelyCause: 'a value is longer than its column' },
  1366: { reason: 'rows', likelyCause: 'a value does not suit its column' },
  4025: breaksCheck,
  3819: breaksCheck,
  6125: {
    reason: 'definition',
    likelyCause:
      'a foreign key refers to a key that is not unique, which servers of MySQL 8.4 refuse unless they are told to take it',
    fix: 'start the scratch server with restrict_fk_on_non_standard_key=OFF, and set it likewise where you restore',
  },
  1114: { reason: 'resources', likelyCause: 'the disk of the scratch server is full', fix: 'give it more room' },
  1021: { reason: 'resources', likelyCause: 'the disk of the scratch server is full', fix: 'give it more room' },
  1153: {
    reason: 'resources',
    likelyCause: 'a statement is longer than the server takes',
    fix: 'raise max_allowed_packet of the scratch server (at most 1G)',
  },
  1205: { reason: 'locked', likelyCause: 'another session of the scratch server holds a lock' },
};

export interface ClientError {
  readonly number: number;
  readonly sqlState: string;
  /** Of the statement, from 1. */
  readonly line: number | undefined;
  readonly message: string;
}

/** A line that the client wrote: `ERROR 1146 (42S02) at line 42: Table 'shop.t' doesn't exist`. */
const errorLine = /^ERROR (\d+) \((\w+)\)(?: at line (\d+)(?: in file: .*?)?)?: (.*)$/;

export function parseClientError(line: string): ClientError | undefined {
  const [, number, sqlState = '', at, message = ''] = errorLine.exec(line.trim()) ?? [];
  if (number === undefined) return undefined;
  return { number: Number(number), sqlState, line: at === undefined ? undefined : Number(at), message };
}

/** Errors of a connection that is gone: what follows in the file was not tried. */
export const isLost = ({ number }: ClientError): boolean => [1053, 1927, 2002, 2003, 2006, 2013, 2055].includes(number);

/** Values of rows in messages: `Duplicate entry 'x' for key`, `Incorrect integer value: 'x' for column`. */
const withoutValues = (message: string): string =>
  message
    .replace(/(Duplicate entry )'.*'( for key)/s, '$1…$2')
    .replace(/((?:Incorrect|Truncated incorrect|Invalid) [\w ]*value: )'.*?'(?= for|$)/s, '$1…')
    .replace(/( near )'[\s\S]*('? at line \d+)/s, '$1…$2');

/** @param object what the statement is about */
export function refusalOf({ number, sqlState, message }: ClientError, object: string | undefined): Refusal {
  const advice = byNumber[number];
  return {
    message: `error ${number}: ${withoutValues(message)}`,
    code: sqlState,
    ...(object === undefined ? {} : { object }),
    reason: advice?.reason ?? 'unknown',
    ...(advice?.likelyCause === undefined ? {} : { likelyCause: advice.likelyCause }),
    ...(advice?.fix === undefined ? {} : { fix: advice.fix }),
  };
}
