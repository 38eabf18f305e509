"""HTTP semantics (RFC 9110) as pure functions of their arguments.

Rules of this folder: no socket, no file, no clock, no framework, no import from the rest of the
service. What is needed to know the time or to make a random boundary comes in as an argument, so every
answer can be written down in a table. Names are the RFC's: representation, validator, entity-tag,
selected representation, range-set, precondition.

Imports run one way:
    fields, dates, etags, ranges, message, phrases, addresses  <-  preconditions, multipart  <-  plan
"""
