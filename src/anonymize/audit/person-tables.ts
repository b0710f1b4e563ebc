/** Tables whose rows are persons: there, a column `name` holds names of persons, and not those of genres or products. */
import { endsWith, wordsOf } from './words.ts';

const persons = [
  'users?|people|persons?|employees?|workers?|staff|customers?|clients?|contacts?|members?|patients?|students?|pupils?|teachers?',
  'professors?|instructors?|tutors?|doctors?|physicians?|nurses?|authors?|writers?|actors?|drivers?|passengers?|players?|athletes?',
  'guests?|visitors?|subscribers?|owners?|donors?|volunteers?|candidates?|applicants?|beneficiar(y|ies)|profiles?|admins?',
  'managers?|agents?|sellers?|buyers?|attendees?|participants?|residents?|citizens?|voters?|parents?|children|relatives?|leads?',
  'personen|mitarbeiter|angestellte|kunden?|kontakte?|mitglieder|patienten|schueler|studenten|lehrer|benutzer|nutzer|arzte|gaste',
  'personnes?|employes?|salaries?|membres?|etudiants?|eleves?|professeurs?|utilisateurs?|medecins?|auteurs?|adherents?',
  'personas?|empleados?|clientes?|contactos?|miembros?|socios?|pacientes?|estudiantes?|alumnos?|profesores?|usuarios?|medicos?',
  'pessoas?|funcionarios?|alunos?|professores?|dipendenti|clienti|utenti|pazienti|studenti|docenti|soci|autor(es|i)',
  'medewerkers?|klanten|gebruikers?|leden|osoby|klienci|pracownicy|uzytkownicy|kunder|anvandare|brukere|brugere|asiakkaat',
].join('|');

const personTable = endsWith(persons);

/** @param name canonical name of the table */
export function holdsPersons(name: string): boolean {
  return personTable.test(bareName(name));
}

const placeTable = endsWith(
  'cit(y|ies)|towns?|municipalit(y|ies)|countr(y|ies)|states?|regions?|provinces?|orte|staedte|stadte|villes?|communes?|ciudades|comuni|zip_?codes?|post_?codes?',
);

/** Whether the rows are places that everybody knows: cities, countries. */
export function holdsPlaces(name: string): boolean {
  return placeTable.test(bareName(name));
}

function bareName(name: string): string {
  return wordsOf(/(?:"(?:[^"]|"")*"|[^".]+)$/.exec(name)?.[0] ?? name);
}
