"""The benchmark: `make bench`. It is no part of the tests; what it measures and how is said in docs/benchmark.md."""
