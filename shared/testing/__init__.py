"""What do tests of a service use? Sentences, laws, and events as a log would hold them."""
