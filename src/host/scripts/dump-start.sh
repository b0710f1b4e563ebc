# Starts a dump of a database of PostgreSQL. Archive and fingerprint come from one snapshot.
start_dump postgres "SSM_Database SSM_User SSM_Port SSM_Container SSM_Tools" "SSM_Format SSM_Jobs SSM_Level SSM_LockSeconds"
