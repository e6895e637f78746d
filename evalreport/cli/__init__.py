"""The command line: it reads words, calls the library, and turns errors into exit codes."""
