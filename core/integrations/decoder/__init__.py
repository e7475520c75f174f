"""Opens pictures that nobody trusts, each in a process that is thrown away afterwards."""
