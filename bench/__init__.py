"""The benchmarks: each module with a `main()` is one, named as its file. `python -m bench --list` shows them."""
