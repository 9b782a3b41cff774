-- Every service has a database of its own.
CREATE DATABASE kosilab_actors;
CREATE DATABASE kosilab_marketplace;
CREATE DATABASE kosilab_employment;
CREATE DATABASE kosilab_reporting;
