"""Pages for people: templates, words in German and English, numbers as people write them, style sheets and fonts."""
