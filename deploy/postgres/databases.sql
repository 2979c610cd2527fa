-- Run once, by the image, in an empty volume: a role without special rights, and a database for each service and for
-- the keys. The services share the role for now; what each may see of the others is decided with the accounts to come.
\getenv password DATABASE_PASSWORD
CREATE ROLE homeward LOGIN PASSWORD :'password';
CREATE DATABASE homeward_intake OWNER homeward;
CREATE DATABASE homeward_screening OWNER homeward;
CREATE DATABASE homeward_referrals OWNER homeward;
CREATE DATABASE homeward_grants OWNER homeward;
CREATE DATABASE homeward_keys OWNER homeward;
REVOKE CONNECT, TEMPORARY ON DATABASE homeward_intake, homeward_screening, homeward_referrals, homeward_grants,
    homeward_keys FROM PUBLIC;
