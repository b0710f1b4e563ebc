# Reads a piece of a stored result.
file="$state_dir/results/$SSM_Key"
[ -s "$file" ] || fail no-result "the result $SSM_Key is no longer there"
printf '{"piece":"%s"}\n' "$(tail -c "+$((SSM_Offset + 1))" "$file" | head -c "$SSM_Length")"
