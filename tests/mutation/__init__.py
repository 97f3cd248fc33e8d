"""Mutation score of the heart of the domain: how many planted faults the tests beside it find (docs/develop.md)."""
