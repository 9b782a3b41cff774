"""The published language between services: what happened, in the words of the handbook's glossary."""
