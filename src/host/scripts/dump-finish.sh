# Puts a dump away: keeps its archive among the newest, or discards it, and removes everything else. May be run again.
dir=$(dump_dir)
unfinished="$SSM_Folder/unfinished"
remove_units "$(dump_unit "$SSM_DumpId")"
if [ -f "$dir/place" ] && ! [ -f "$dir/done" ]; then
  (
    # shellcheck disable=SC1091
    . "$dir/place"
    end_sessions
  ) >/dev/null 2>&1 3>&1 || true
fi
kept=false
removed=0
if [ "$SSM_Outcome" != discard ] && [ -f "$dir/done" ] && [ -f "$unfinished/$SSM_DumpId" ]; then
  # Unproven archives do not count: one of them, the newest, is kept beside the proven ones.
  if [ "$SSM_Outcome" = unproven ]; then
    find "$SSM_Folder" -maxdepth 1 -type f -name "$SSM_Name-*.unproven" -delete
    mv "$unfinished/$SSM_DumpId" "$SSM_Folder/$SSM_Name-$SSM_Stamp.unproven"
  else
    mv "$unfinished/$SSM_DumpId" "$SSM_Folder/$SSM_Name-$SSM_Stamp$SSM_Ending"
  fi
  kept=true
fi
rm -rf "$dir" "${unfinished:?}/$SSM_DumpId" "$unfinished/$SSM_DumpId.parts"
find "$unfinished" -maxdepth 1 -name 'upload.*' -mmin +600 -exec rm -rf {} + 2>/dev/null || true
if [ "$kept" = true ] && [ "$SSM_Outcome" = proven ]; then
  # The stamps in the names sort by time.
  while read -r old; do
    rm -f "$SSM_Folder/$old"
    removed=$((removed + 1))
  done < <(
    find "$SSM_Folder" -maxdepth 1 -type f \( -name "$SSM_Name-*Z.dump" -o -name "$SSM_Name-*Z.dump.tar" -o -name "$SSM_Name-*Z.tar.gz" \) -printf '%f\n' |
      grep -E "^.{${#SSM_Name}}-[0-9]{8}T[0-9]{6}Z\\.(dump|dump\\.tar|tar\\.gz)$" | sort -r | tail -n "+$((SSM_Keep + 1))"
  )
fi
printf '{"kept":%s,"removed":%s}\n' "$kept" "$removed"
