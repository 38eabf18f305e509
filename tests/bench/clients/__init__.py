"""Programs that run inside of a contestant's network namespace; each prints one line of JSON at its end."""
