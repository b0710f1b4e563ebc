# Resumes the source if this hold still has it quiesced, and reports how the pause ended if it is over already.
lock_hold
if [ "$(hold_value id)" = "$SSM_HoldId" ]; then
  bring_back this || fail resume-failed "the source could not be resumed; the lease tries again" \
    "$(systemctl status --no-pager --lines=30 "$SSM_Service" 2>&1 || true)"
  resumed=true
else
  resumed=false
fi
mounted=$(is_mounted "$SSM_MountPoint" && echo true || echo false)
answers=$(server_answers && echo true || echo false)
if [ -s "$(tombstone "$SSM_HoldId")" ]; then
  times=$(cat "$(tombstone "$SSM_HoldId")")
else
  times='"by":"nothing-held","leaseFired":false,"pauseStartedMs":null,"resumeStartedMs":null,"mountedMs":null,"startedMs":null,"answeredMs":null,"pauseMs":null'
fi
printf '{"holdId":"%s","resumed":%s,%s,"mounted":%s,"answers":%s}\n' "$SSM_HoldId" "$resumed" "$times" "$mounted" "$answers"
