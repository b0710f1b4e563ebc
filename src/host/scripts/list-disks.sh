# Lists the disks of the host, with the EBS volume that each is by its serial number.
printf '{"disks":%s}\n' "$(disks_json)"
