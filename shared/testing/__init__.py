"""What tests of a service are written with: sentences, laws, wires that misbehave."""
