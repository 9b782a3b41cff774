-- Every service has a database of its own, and so have the vault and the register of taken-back tokens.
CREATE DATABASE kosilab_actors;
CREATE DATABASE kosilab_marketplace;
CREATE DATABASE kosilab_employment;
CREATE DATABASE kosilab_reporting;
CREATE DATABASE kosilab_vault;
CREATE DATABASE kosilab_access;
