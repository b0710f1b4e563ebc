/** Stand-ins for programs of an old host: they refuse what those do not know, and leave the rest to this computer's. */
import { type OldProgram, oldUnitSettings } from './programs.ts';

/** Where an old host keeps this computer's programs, behind their stand-ins. */
export const realPrograms = '/usr/lib/holdfast-lab';

/** The text of a stand-in, for /bin/sh. */
export function standIn(name: string, program: OldProgram): string {
  return `#!/bin/sh
# Stand-in for ${name} of ${program.version} (${program.source}): refuses what that does not know.
short='${program.short}'
long=' ${program.long} '
refuse() {
  echo "${name}: ${program.version} does not know $1" >&2
  exit 64
}
value() {
${valueCases(program)}
}
skip=''
for word do
  if [ -n "$skip" ]; then
    value "$skip" "$word"
    skip=''
    continue
  fi
  case "$word" in
    --) break ;;
    --?*)
      option="\${word%%=*}"
      option="\${option#--}"
      case "$long" in
        *" $option= "*) if [ "$word" = "--$option" ]; then skip="$option"; else value "$option" "\${word#*=}"; fi ;;
        *" $option? "*) if [ "$word" != "--$option" ]; then value "$option" "\${word#*=}"; fi ;;
        *" $option "* | *" \${option#no-} "*) ;;
        *) refuse "$word" ;;
      esac
      ;;
    -?*)
      letters="\${word#-}"
      while [ -n "$letters" ]; do
        rest="\${letters#?}"
        letter="\${letters%"$rest"}"
        letters="$rest"
        case "$short" in
          *"$letter::"*) letters='' ;;
          *"$letter:"*)
            if [ -n "$rest" ]; then value "$letter" "$rest"; else skip="$letter"; fi
            letters=''
            ;;
          *"$letter"*) ;;
          *) refuse "-$letter" ;;
        esac
      done
      ;;
${operandCase(program)}
  esac
done
${name === 'systemctl' ? unitCheck() : ''}exec ${realPrograms}/${name} "$@"
`;
}

function valueCases({ values = {} }: OldProgram): string {
  const cases = Object.entries(values).map(
    ([option, allowed]) =>
      `    ${option}) for one in $(echo "\${2%%=*}" | tr ',' ' '); do case ' ${allowed} ' in *" $one "*) ;; *) refuse "$one" ;; esac; done ;;`,
  );
  return cases.length === 0 ? '  :' : `  case "$1" in\n${cases.join('\n')}\n  esac`;
}

function operandCase({ endsAtOperand, operands }: OldProgram): string {
  if (endsAtOperand) return '    *) break ;;';
  if (operands === 'ignored') return '    *) shift $#; echo "ignoring all arguments" >&2; break ;;';
  if (operands === undefined) return '    *) ;;';
  return `    *)
      case ' ${operands.names} ' in *" \${word%%=*} "*) ;; *) refuse "$word" ;; esac
      case "$word" in status=*) case ' ${operands.status} ' in *" \${word#*=} "*) ;; *) refuse "$word" ;; esac ;; esac
      ;;`;
}

/** systemd 219 ignores settings that it does not know, with a line in the journal; here they are refused. */
function unitCheck(): string {
  const known = Object.entries(oldUnitSettings).flatMap(([section, names]) =>
    names.split(' ').map((setting) => `${section}.${setting}`),
  );
  return `known=' ${known.join(' ')} '
for file in /run/systemd/system/holdfast-*.service /run/systemd/system/holdfast-*.timer; do
  [ -e "$file" ] || continue
  section=''
  while IFS= read -r line; do
    case "$line" in
      '['*']') section="\${line#?}"; section="\${section%?}" ;;
      *=*) case "$known" in *" $section.\${line%%=*} "*) ;; *) refuse "the setting \${line%%=*} in [$section] of $file" ;; esac ;;
    esac
  done 2>/dev/null <"$file"
done
`;
}
