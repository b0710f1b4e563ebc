/** What a column's name says about its content, in the main languages of Europe, where the type agrees. */
import type { WrittenRule } from '../rules/file/document.ts';
import type { Column } from '../schema/table.ts';
import { holdsPersons, holdsPlaces } from './person-tables.ts';
import { endsWith, owner } from './words.ts';

/** Rules in the order in which they are tried; none when the type does not agree. */
type RulesFor = (column: Column) => readonly WrittenRule[];

export interface NameHint {
  /** For the name as wordsOf() gives it. */
  readonly pattern: RegExp;
  readonly rules: RulesFor;
  readonly reason: string;
  /** The tables in which the name says it; by default all. @param table canonical name */
  readonly where?: (table: string) => boolean;
}

export const nameHints: readonly NameHint[] = [
  {
    pattern: endsWith(
      '(pass(word|wd|phrase|code)?|pwd|passwort|kennwort|mot_?de_?passe|contrasena|senha|wachtwoord|haslo|losenord|secret|(?<!next_?page_|page_)token|salt|(api|access|private|secret|encryption|license)_?key|otp|pin(_?code)?)(_?(hash|digest|salt|value|encrypted|key|secret))?',
    ),
    rules: removed,
    reason: 'named like a secret',
  },
  {
    pattern: endsWith(`${owner}(e_?)?mail(_?addr(ess)?)?|courriel|correo(_electronico)?`),
    rules: () => ['emails'],
    reason: '',
  },
  {
    pattern: endsWith(
      '(user|login|screen|nick|account)_?name|username|login(_?id)?|nick|handle|benutzer(name)?|usuario|utente|gebruikersnaam|pseudo',
    ),
    rules: text('pseudonym', 'hash'),
    reason: 'named like the name of a user',
  },
  {
    pattern: endsWith(
      '(first|fore|given|middle|christian)_?names?|f_?name|vor_?name|prenoms?|(primer_|segundo_)?nombres|voornaam|imie|fornamn|fornavn|etunimi|keresztnev|nome_proprio',
    ),
    rules: text({ fake: 'first-name' }),
    reason: 'named like a first name',
  },
  {
    pattern: endsWith(
      '(last|family|maiden|sur)_?name|l_?name|surname|nach_?name|familien_?name|nom_de_famille|apellidos?(_(paterno|materno))?|cognome|sobrenome|apelido|achternaam|nazwisko|efternamn|efternavn|etternavn|sukunimi|prijmeni',
    ),
    rules: text({ fake: 'last-name' }),
    reason: 'named like a last name',
  },
  {
    pattern: endsWith(
      `(full|legal|preferred|contact(_person)?|customer|client|author|employee|person|patient|student|teacher|doctor|guest|recipient|sender|member|parent|mother|father|spouse|guardian|(card_?|account_?)?holder|billing|shipping|ship_?to|bill_?to|ship|beneficiary|driver|passenger|player|emergency_contact|instructor|applicant|candidate|attendee|owner|reviewer|buyer|seller|approver|assignee|signatory|payee|payer|donor)_?name|fullname|author|cardholder|contact_?person|ansprechpartner|nombre_completo|nome_completo|nom_complet`,
    ),
    rules: text({ fake: 'name' }),
    reason: 'named like the name of a person',
  },
  {
    pattern: /^(display_?|real_?|user_?)?(name|nom|nombre|nome|naam|navn|namn|nazwa|jmeno)$/,
    rules: text({ fake: 'name' }),
    reason: 'a name in a table of persons',
    where: holdsPersons,
  },
  {
    pattern: endsWith(
      'company(_?name)?|organi[sz]ation(_?name)?|employer(_name)?|firma|societe|empresa|azienda|bedrijf',
    ),
    rules: text({ fake: 'company' }),
    reason: 'a company in a table of persons',
    where: holdsPersons,
  },
  {
    pattern: endsWith(
      `${owner}(tele)?(phone|fone|fon|foon)(_?(number|no|nr|num))?|${owner}(mobile|cell|cellular|celular|movil|handy|portable|mobil|telemovel)(_?(phone|number|no|nr))?|${owner}tel(_?(no|nr|num|number))?|telefono?|telefax|fax(_?(number|no|nr))?|whatsapp|puhelin`,
    ),
    rules: (column) => [...text({ fake: 'phone' })(column), ...integer(column)],
    reason: 'named like a phone number',
  },
  {
    pattern: endsWith(
      '(credit_?)?card_?(number|no|nr|num)|cc_?(number|no|num)|creditcard|kreditkarten(_?nummer)?|numero_(de_)?(tarjeta|carte)|pan',
    ),
    rules: (column) => [...text('mask')(column), ...integer(column)],
    reason: 'named like a card number',
  },
  {
    pattern: endsWith('cv[vc]2?|card_?code|security_?code'),
    rules: (column) => [...removed(column), ...integer(column)],
    reason: 'named like the code of a card',
  },
  {
    pattern: endsWith(
      'ssn|social_?security(_?(no|number))?|(national|personal|tax|fiscal)_?(id|no|nr|number|code)|passport(_?(no|nr|number))?|iban|bic|swift(_?code)?|(bank_?)?account_?(no|nr|num|number)|routing_?number|sort_?code|kontonummer|steuer_?(id|nummer)|personnummer|cpf|cnpj|dni|nif|curp|pesel|bsn|codice_?fiscale|driver_?licen[cs]e(_?(no|number))?|licen[cs]e_?plate|kennzeichen|nino',
    ),
    rules: (column) => [...text('mask')(column), ...integer(column)],
    reason: 'named like a personal number',
  },
  {
    pattern:
      /^(?!.*(^|_)(ip|mac|web|url|site|wallet|contract|memory|host|server|token|block|node|remote)_)(.*_)?(street(_?(name|address|line))?|strasse|calle|rue|ulica|address(_?(line|street))?|addr(_?line)?|adresse?|adres|direccion|domicilio|indirizzo|endereco|morada)_?\d*$/,
    rules: text({ fake: 'street' }),
    reason: 'named like an address',
  },
  {
    pattern: endsWith(
      `${owner}(city|town)(_?name)?|ort|wohnort|stadt|ville|ciudad|localidad|citta|comune|cidade|woonplaats|miasto|ortsteil`,
    ),
    rules: text({ fake: 'city' }),
    reason: 'named like a city',
    where: (table) => !holdsPlaces(table),
  },
  {
    pattern: endsWith(
      `${owner}(post(al)?_?code|zip(_?code)?|post_?nummer|postleitzahl|plz|code_?postal|codigo_?postal|cep|cap|cp|kod_pocztowy)`,
    ),
    rules: (column) => [...text('mask')(column), ...number('10%')(column)],
    reason: 'named like a postcode',
    where: (table) => !holdsPlaces(table),
  },
  {
    pattern: endsWith(
      'date_?of_?birth|dob|birth_?(day|date|dt)?|birth_?year|geb(urts)?_?(datum|tag|dat)|geboren(_am)?|date_?(de_)?naissance|naissance|(fecha_?(de_?)?)?nacimiento|(data_?(di_|de_)?)?nasc(ita|imento)|geboorte_?datum|data_?urodzenia|fodselsdato|fodelsedatum',
    ),
    rules: dateOfBirth,
    reason: 'named like a date of birth',
  },
  {
    pattern: endsWith('salary|salaries|income|wages?|gehalt|lohn|salaire|salario|sueldo|stipendio|salariu'),
    rules: number('20%'),
    reason: 'named like an income',
  },
  {
    pattern: endsWith('ip(_?v[46])?(_?addr(ess)?)?|remote_?(addr(ess)?|host)|ipaddr(ess)?'),
    rules: ipAddress,
    reason: 'named like an IP address',
  },
];

export function isText({ type }: Column): boolean {
  const plain = type.base === 'text' && !type.array && type.enumeration === undefined;
  // A masked entity is no XML.
  return plain && !/^(pg_catalog\.)?xml\b/i.test(type.underlying || type.written);
}

/** What is tried after the rule that says most. */
function text(...rules: readonly WrittenRule[]): RulesFor {
  return (column) => (isText(column) ? [...rules, 'mask', 'null', 'hash'] : []);
}

function number(noise: string): RulesFor {
  return ({ type }) => (!type.array && (type.base === 'number' || type.base === 'integer') ? [{ noise }] : []);
}

/** Numbers that name somebody are often stored as such, without their leading zeros. */
function integer({ type }: Column): readonly WrittenRule[] {
  if (type.array) return [];
  if (type.base === 'integer') return ['pseudonym', 'null'];
  return type.base === 'number' ? ['null', { noise: '10%' }] : [];
}

function removed(column: Column): readonly WrittenRule[] {
  if (column.type.base === 'boolean' || column.type.base === 'date' || column.type.base === 'timestamp') return [];
  if (column.type.base === 'integer' || column.type.base === 'number') return [];
  return ['null', ...(isText(column) ? ([{ fixed: 'removed' }, 'mask'] as const) : []), 'hash'];
}

function dateOfBirth(column: Column): readonly WrittenRule[] {
  const { type } = column;
  if (type.array) return [];
  if (type.base === 'date' || type.base === 'timestamp') return [{ 'shift-days': 90 }];
  return isText(column) ? ['mask'] : [];
}

/** 192.0.2.0/24 is for documentation (RFC 5737). */
function ipAddress(column: Column): readonly WrittenRule[] {
  const isAddress = /^(pg_catalog\.)?(inet|cidr)$/i.test(column.type.underlying || column.type.written);
  if (isAddress && !column.type.array) return ['null', { fixed: '192.0.2.0/32' }];
  return isText(column) ? ['null', { fixed: '192.0.2.0' }, 'mask', 'hash'] : [];
}
