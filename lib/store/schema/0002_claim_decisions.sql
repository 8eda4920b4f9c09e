-- What a person decided about something that a mail says of its reporter: an address, a number, a certificate.
-- value_hash: of kind and value together. sealed: both, under the key of the case.
CREATE TABLE claim_decisions (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id    INTEGER NOT NULL REFERENCES cases (id),
  value_hash BLOB    NOT NULL,
  accepted   INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  decided_at INTEGER NOT NULL,
  sealed     BLOB    NOT NULL,
  UNIQUE (case_id, value_hash)
) STRICT;

-- The cases that point to a case, as well as those that it points to.
CREATE INDEX links_other ON links (other_id);
