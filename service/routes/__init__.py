"""The routes: a file each, which exports a function that makes its blueprint."""
