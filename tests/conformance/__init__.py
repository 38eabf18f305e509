"""A black-box check of HTTP for a server of one static file, written from the RFCs' text.

Rules of this folder:

- A case is what is sent and what is claimed of the answer, with the section and the keyword (MUST, SHOULD)
  that the claim rests on. It comes from the text of RFC 9110, 9111 and 9112, never from what servers do.
- A claim accepts everything that the RFC allows. Where the RFC leaves a choice, every choice passes. What it
  calls wrong without a keyword counts as a SHOULD.
- Every body is compared with the file, byte for byte, and every answer is read strictly: framing, fields,
  Content-Range, multipart. An answer that is not true fails its case, as a MUST, whatever else was asked.
- Nothing is known of the server but a URL, a path and the file. Nothing of the service is imported.

    wire, answers, byteranges  <-  model  <-  expect, rules  <-  cases_*  <-  catalog  <-  check  <-  peers
"""
