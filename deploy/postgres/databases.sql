-- Run once, by the image, in an empty volume. Each service has a role and a database of its own, and no other service's
-- role can connect there. The keys have a database of theirs, where every service reads and adds wrapped keys.
-- Keycloak has one too, to which neither a service nor the operator gets.
-- The operator is a member of each role. In a service's database it acts as that service from the start, so that what a
-- migration makes belongs to the service.
\getenv intake INTAKE_DATABASE_PASSWORD
\getenv screening SCREENING_DATABASE_PASSWORD
\getenv referrals REFERRALS_DATABASE_PASSWORD
\getenv grants GRANTS_DATABASE_PASSWORD
\getenv operator OPERATOR_DATABASE_PASSWORD
\getenv keycloak KEYCLOAK_DATABASE_PASSWORD
CREATE ROLE keycloak LOGIN PASSWORD :'keycloak';
CREATE ROLE intake LOGIN PASSWORD :'intake';
CREATE ROLE screening LOGIN PASSWORD :'screening';
CREATE ROLE referrals LOGIN PASSWORD :'referrals';
CREATE ROLE grants LOGIN PASSWORD :'grants';
CREATE ROLE "keys" NOLOGIN;
CREATE ROLE operator LOGIN PASSWORD :'operator' IN ROLE intake, screening, referrals, grants, "keys";
CREATE DATABASE homeward_intake OWNER intake;
CREATE DATABASE homeward_screening OWNER screening;
CREATE DATABASE homeward_referrals OWNER referrals;
CREATE DATABASE homeward_grants OWNER grants;
CREATE DATABASE homeward_keys OWNER "keys";
CREATE DATABASE keycloak OWNER keycloak;
ALTER ROLE operator IN DATABASE homeward_intake SET role = intake;
ALTER ROLE operator IN DATABASE homeward_screening SET role = screening;
ALTER ROLE operator IN DATABASE homeward_referrals SET role = referrals;
ALTER ROLE operator IN DATABASE homeward_grants SET role = grants;
ALTER ROLE operator IN DATABASE homeward_keys SET role = "keys";
REVOKE CONNECT, TEMPORARY ON DATABASE homeward_intake, homeward_screening, homeward_referrals, homeward_grants,
    homeward_keys, keycloak, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE homeward_keys TO intake, screening, referrals, grants;
\connect homeward_keys
ALTER DEFAULT PRIVILEGES FOR ROLE "keys"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO intake, screening, referrals, grants;
