# Says how far read-data has come.
cat "$state_dir/progress/$SSM_VolumeId" 2>/dev/null || printf '{"bytes":0,"totalBytes":0}\n'
