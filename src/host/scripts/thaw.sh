# Thaws what this hold has frozen, and reports how the pause ended if it is over already.
lock_frozen
if [ "$(frozen_value id)" = "$SSM_HoldId" ]; then
  thaw_all this
  resumed=true
else
  resumed=false
  # A freeze command that arrives later must see that it is too late.
  [ -e "$(frozen_tombstone "$SSM_HoldId")" ] ||
    printf '"by":"nothing-held","leaseFired":false,"pauseStartedMs":null,"resumeStartedMs":null,"pauseMs":null' >"$(frozen_tombstone "$SSM_HoldId")"
fi
printf '{"holdId":"%s","resumed":%s,%s}\n' "$SSM_HoldId" "$resumed" "$(cat "$(frozen_tombstone "$SSM_HoldId")")"
