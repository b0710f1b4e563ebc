# Starts a dump of databases of MongoDB.
start_dump mongodb "SSM_Container" "SSM_Databases SSM_ConfigFile SSM_Port SSM_Level"
