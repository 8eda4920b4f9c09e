-- What a case is recognised by when the same thing is reported again: keyed hashes of the addresses and weaknesses
-- that it names and of a sketch of its words. Only for finding cases that share them; deleted with the case's key.
CREATE TABLE case_marks (
  case_id INTEGER NOT NULL REFERENCES cases (id),
  kind    TEXT    NOT NULL CHECK (kind IN ('url', 'host', 'cwe', 'cve', 'text')),
  hash    BLOB    NOT NULL,
  PRIMARY KEY (case_id, kind, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_marks_hash ON case_marks (hash, case_id);
